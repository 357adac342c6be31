"""The vocabulary of a study as frozen dataclasses, and the errors.  Standard library only."""
