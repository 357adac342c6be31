"""Saved analyses of a study: inputs to engine, result to the study, tables and figures for a paper.

``running`` runs one; a module for each kind says how (``qca``, ``models``, ``regression``, ``nonresponse``, ``differences``) and
``common`` what they share; ``paper`` keeps the tables and figures beside the numbers; ``pages`` reads a kept one back to be
shown.  What analyses are computed from, and what they say about a claim, is :mod:`crosscase.evidence.analyses`.
"""

from crosscase.study.analyses.running import Analysed, Standing, run, standings, with_results

__all__ = ["Analysed", "Standing", "run", "standings", "with_results"]
