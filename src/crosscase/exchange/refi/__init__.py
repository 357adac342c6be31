"""REFI-QDA projects (.qdpx, .qde) and codebooks (.qdc): what NVivo, ATLAS.ti, MAXQDA and others exchange."""

from crosscase.exchange.refi.reading import FORMATS, read_project

__all__ = ["FORMATS", "read_project"]
