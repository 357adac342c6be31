"""Tables, data structure, claims and verdicts, read from a snapshot."""
