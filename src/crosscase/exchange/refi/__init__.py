"""REFI-QDA projects (.qdpx, .qde) and codebooks (.qdc): what NVivo, ATLAS.ti, MAXQDA and others exchange."""

from crosscase.exchange.refi.choosing import UnclearPositions
from crosscase.exchange.refi.codebook import write_codebook
from crosscase.exchange.refi.positions import CONVENTIONS
from crosscase.exchange.refi.reading import FORMATS, read_project
from crosscase.exchange.refi.report import Read, Written
from crosscase.exchange.refi.writing import write_project

__all__ = [
    "CONVENTIONS",
    "FORMATS",
    "Read",
    "UnclearPositions",
    "Written",
    "read_project",
    "write_codebook",
    "write_project",
]
