"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metadata",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_metadata")),
    )
    op.create_table(
        "studies",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_position", sa.BigInteger(), nullable=False),
        sa.Column("next_passage", sa.BigInteger(), nullable=False),
        sa.Column("audit_length", sa.BigInteger(), nullable=False),
        sa.Column("audit_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_studies")),
        sa.UniqueConstraint("id", name=op.f("uq_studies_id")),
    )
    op.create_table(
        "acceptances",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_key"], ["studies.key"], name=op.f("fk_acceptances_study_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_acceptances")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_acceptances_study_key_id")),
    )
    op.create_table(
        "analyses",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=True),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_analyses_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_analyses")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_analyses_study_key_id")),
    )
    op.create_table(
        "audit",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("before_hash", sa.Text(), nullable=False),
        sa.Column("after_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_audit_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "sequence", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_change", "audit", ["study_key", "change"], unique=False)
    op.create_index("ix_audit_who", "audit", ["study_key", "who", "sequence"], unique=False)
    op.create_table(
        "cases",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_cases_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_cases")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_cases_study_key_id")),
    )
    op.create_table(
        "claims",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("built_on", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=True),
        sa.Column("forms", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_claims_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_claims")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_claims_study_key_id")),
    )
    op.create_table(
        "coders",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_coders_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_coders")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_coders_study_key_id")),
    )
    op.create_table(
        "codes",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("include", sa.Text(), nullable=False),
        sa.Column("exclude", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_codes_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_codes")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_codes_study_key_id")),
    )
    op.create_table(
        "codings",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("quotation", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("coder", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_codings_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_codings")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_codings_study_key_id")),
    )
    op.create_index("ix_codings_code", "codings", ["study_key", "code"], unique=False)
    op.create_index("ix_codings_quotation", "codings", ["study_key", "quotation"], unique=False)
    op.create_table(
        "constructs",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("drawn_from", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("absent_when", sa.Text(), nullable=False),
        sa.Column("calibrate", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_key"], ["studies.key"], name=op.f("fk_constructs_study_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_constructs")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_constructs_study_key_id")),
    )
    op.create_table(
        "events",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_events_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_events")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_events_study_key_id")),
    )
    op.create_table(
        "memos",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_memos_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_memos")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_memos_study_key_id")),
    )
    op.create_index("ix_memos_about", "memos", ["study_key", "about"], unique=False)
    op.create_table(
        "observations",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_key"], ["studies.key"], name=op.f("fk_observations_study_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_observations")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_observations_study_key_id")),
    )
    op.create_table(
        "originals",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_key"], ["studies.key"], name=op.f("fk_originals_study_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_key", "source", name=op.f("pk_originals")),
    )
    op.create_table(
        "participants",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consent_until", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_key"], ["studies.key"], name=op.f("fk_participants_study_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_participants")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_participants_study_key_id")),
    )
    op.create_table(
        "passages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_passages_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
    )
    op.create_index("ix_passages_row", "passages", ["study_key", "kind", "row"], unique=False)
    op.create_table(
        "quotations",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=True),
        sa.Column("end", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_key"], ["studies.key"], name=op.f("fk_quotations_study_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_quotations")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_quotations_study_key_id")),
    )
    op.create_index("ix_quotations_source", "quotations", ["study_key", "source"], unique=False)
    op.create_table(
        "samples",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("study", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("same_as", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_samples_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_samples")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_samples_study_key_id")),
    )
    op.create_table(
        "sources",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("pages", sa.Text(), nullable=True),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_sources_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_sources")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_sources_study_key_id")),
    )
    op.create_table(
        "stances",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("coding", sa.Text(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_stances_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_stances")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_stances_study_key_id")),
    )
    op.create_index("ix_stances_claim", "stances", ["study_key", "claim"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=True),
        sa.Column("labels", sa.Text(), nullable=True),
        sa.Column("value_labels", sa.Text(), nullable=True),
        sa.Column("case_column", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_surveys_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_surveys")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_surveys_study_key_id")),
    )
    op.create_table(
        "texts",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_texts_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "source", name=op.f("pk_texts")),
    )
    op.create_table(
        "ties",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("alter", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("boundary", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=True),
        sa.Column("end", sa.Text(), nullable=True),
        sa.Column("knows", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_ties_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_ties")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_ties_study_key_id")),
    )
    op.create_table(
        "turns",
        sa.Column("study_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("time", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["study_key"], ["studies.key"], name=op.f("fk_turns_study_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("study_key", "position", name=op.f("pk_turns")),
        sa.UniqueConstraint("study_key", "id", name=op.f("uq_turns_study_key_id")),
    )
    op.create_index("ix_turns_source", "turns", ["study_key", "source"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE passage_words ("
            " passage BIGINT PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
        )
        # Without fastupdate: a big import would leave a list that every search walks through until the next vacuum.
        op.execute("CREATE INDEX ix_passage_words_words ON passage_words USING gin (words) WITH (fastupdate = off)")
    else:
        op.execute("CREATE VIRTUAL TABLE passage_words USING fts5(words, tokenize='ascii')")


def downgrade() -> None:
    op.execute("DROP TABLE passage_words")
    op.drop_index("ix_turns_source", table_name="turns")
    op.drop_table("turns")
    op.drop_table("ties")
    op.drop_table("texts")
    op.drop_table("surveys")
    op.drop_index("ix_stances_claim", table_name="stances")
    op.drop_table("stances")
    op.drop_table("sources")
    op.drop_table("samples")
    op.drop_index("ix_quotations_source", table_name="quotations")
    op.drop_table("quotations")
    op.drop_index("ix_passages_row", table_name="passages")
    op.drop_table("passages")
    op.drop_table("participants")
    op.drop_table("originals")
    op.drop_table("observations")
    op.drop_index("ix_memos_about", table_name="memos")
    op.drop_table("memos")
    op.drop_table("events")
    op.drop_table("constructs")
    op.drop_index("ix_codings_quotation", table_name="codings")
    op.drop_index("ix_codings_code", table_name="codings")
    op.drop_table("codings")
    op.drop_table("codes")
    op.drop_table("coders")
    op.drop_table("claims")
    op.drop_table("cases")
    op.drop_index("ix_audit_who", table_name="audit")
    op.drop_index("ix_audit_change", table_name="audit")
    op.drop_table("audit")
    op.drop_table("analyses")
    op.drop_table("acceptances")
    op.drop_table("studies")
    op.drop_table("metadata")
