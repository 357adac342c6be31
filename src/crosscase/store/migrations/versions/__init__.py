"""Alembic's scripts: what each version changed in the tables."""
