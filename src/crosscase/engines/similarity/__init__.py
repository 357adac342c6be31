"""Which texts are alike?  By the words and pieces of words that they share, or by vectors that a sentence model gives them.

:class:`WordIndex` needs nothing but the texts and works in any language; :class:`VectorIndex` takes vectors from anywhere,
for one from :class:`SentenceModel`, the small model of the extra ``semantic``.  Nothing here knows what a code is.
"""

from crosscase.engines.similarity.sentencemodel import SentenceModel
from crosscase.engines.similarity.vectors import VectorIndex
from crosscase.engines.similarity.wordpiece import WordPiece
from crosscase.engines.similarity.words import Neighbour, WordIndex

__all__ = ["Neighbour", "SentenceModel", "VectorIndex", "WordIndex", "WordPiece"]
