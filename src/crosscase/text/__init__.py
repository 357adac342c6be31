"""Positions in texts, speaker turns, and matching a quotation to its source.  Knows no study and no file."""
