"""Files to snapshots and back: one module per format.  Never touches the database."""
