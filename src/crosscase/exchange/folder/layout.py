"""The study folder in one table: which file holds which table, its columns in order, and what they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: The file that makes a folder a study folder.
HEAD = "study.toml"
SOURCES = "sources"
ORIGINALS = "sources/originals"
SURVEYS = "surveys"
CODINGS = "codings.csv"


@dataclass(frozen=True, slots=True)
class TableFile:
    """A csv file that holds one table, a row a line.

    ``columns`` are fields of the table's rows in the order in which they are written.  ``references`` name the table in
    which the id in a column must exist.  Rows without an id get ``prefix`` and a number; an empty prefix means that the
    id must be given.  Columns that are not listed are kept in the field ``keep``.
    """

    file: str
    table: str
    columns: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    prefix: str = ""
    keep: str = "extra"


def _file(file: str, table: str, columns: str, **more: object) -> TableFile:
    return TableFile(file, table, tuple(columns.split()), **more)  # type: ignore[arg-type]


#: In an order in which what a row refers to has been read before it.
TABLE_FILES: tuple[TableFile, ...] = (
    _file("cases.csv", "cases", "id", required=("id",), keep="attributes"),
    _file(
        "participants.csv", "participants", "id case role consent consent_until note",
        references={"case": "cases"}, required=("id",),
    ),
    _file(
        "sources.csv", "sources",
        "id file kind case participant date language title consent hash pages original",
        references={"case": "cases", "participant": "participants"}, required=("id",),
    ),
    _file(
        "turns.csv", "turns", "source number start end speaker participant kind question time",
        references={"source": "sources", "participant": "participants"},
        required=("source", "number", "start", "end"), keep="",
    ),
    _file(
        "codebook.csv", "codes", "id name parent level origin definition include exclude example colour",
        references={"parent": "codes"}, required=("id",),
    ),
    _file("coders.csv", "coders", "id name", required=("id",)),
    _file(
        "events.csv", "events", "case kind place date mode partner evidence note id",
        references={"case": "cases"}, places=("place",), required=("case", "kind"), prefix="e",
    ),
    _file(
        "ties.csv", "ties", "case alter kind boundary place start end knows evidence note id",
        references={"case": "cases"}, places=("place",), required=("case", "alter"), prefix="t",
    ),
    _file(
        "observations.csv", "observations", "case measure date value unit basis scheme locator id",
        references={"case": "cases"}, required=("case", "measure"), prefix="o",
    ),
    _file("memos.csv", "memos", "about_kind about date author title text id", prefix="m"),
    _file("samples.csv", "samples", "id study n unit setting same_as basis", required=("id",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A toml file that holds one table as an array of tables.  ``renamed`` maps a field to the key it is written as."""

    file: str
    table: str
    key: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ("id",)


RECORD_FILES: tuple[RecordFile, ...] = (
    RecordFile("constructs.toml", "constructs", "construct", {"drawn_from": "from"}),
    RecordFile("claims.toml", "claims", "claim", {"versions": "version", "forms": "form"}),
    RecordFile("analyses.toml", "analyses", "analysis"),
    RecordFile("accepted.toml", "acceptances", "accepted", required=("rule", "subject_kind", "subject", "reason")),
)

#: Everything in a study folder that belongs to Crosscase; other files in it are left as they are.
OWN_FILES: frozenset[str] = frozenset(
    {HEAD, CODINGS, *(one.file for one in TABLE_FILES), *(one.file for one in RECORD_FILES)}
)

#: The columns of codings.csv: those of the quotation, of the coding, and the ids.
QUOTATION_COLUMNS = ("source", "start", "end", "text", "locator", "case", "participant", "mark")
CODING_COLUMNS = (
    "source", "start", "end", "text", "locator", "code", "coder", "case", "participant", "note", "id", "quotation", "mark",
)  # fmt: skip
