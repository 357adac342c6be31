"""The study folder: open formats that a person can read, compare and archive, to a snapshot and back without loss."""

from crosscase.exchange.folder.reading import read_folder
from crosscase.exchange.folder.writing import folder_files, write_folder

__all__ = ["folder_files", "read_folder", "write_folder"]
