"""Ego-network measures of a firm's ties."""

from crosscase.engines.networks.ego import MEASURES, EgoMeasure, EgoNetwork, TieRecord, ego_network

__all__ = ["MEASURES", "EgoMeasure", "EgoNetwork", "TieRecord", "ego_network"]
