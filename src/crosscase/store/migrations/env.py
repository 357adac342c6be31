"""Alembic's environment: it runs on the connection that the store hands over, inside the store's transaction."""

from __future__ import annotations

from alembic import context

from crosscase.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
