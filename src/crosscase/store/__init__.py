"""The study on disk: tables, migrations, search and the audit trail, on SQLite or PostgreSQL."""
