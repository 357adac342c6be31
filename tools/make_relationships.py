"""Make the example study ``relationships``: the 34 abstracts of one research group, as claims without data.

    python tools/make_relationships.py FOLDER-WITH-THE-CSV-FILES

reads ``abstracts.csv``, in which method, n, setting and path of each abstract were entered by hand, and writes the study
folder into the package.  No sentence of an abstract is copied.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import Any

from relationships_claims import CLAIMS, FIRMS, FORMS, KNOWN_AS, LINEAGES, NOT_UNITS, RELATED

from crosscase.core import Claim, ClaimForm, Code, Construct, Sample, Snapshot, Source, Study
from crosscase.core.expressions import parse
from crosscase.exchange.folder import write_folder

TARGET = Path(__file__).resolve().parents[1] / "src/crosscase/exchange/examples/relationships"

Rows = list[dict[str, str]]

STUDY = Study(
    title="Relationships, knowledge and innovation abroad: 34 abstracts (published facts)",
    question="What do 34 papers of one research group say, judged by their abstracts, and on how many samples does it rest?",
    citation="34 abstracts of papers by one research group on relationships, knowledge, innovation and electronic commerce of "
    "firms that internationalize; numbered in the order in which they were collected.",
)


def make(folder: Path) -> Snapshot:
    """The study in ``abstracts.csv`` of a folder."""
    rows = {
        row["abstract_no"]: row for row in csv.DictReader((folder / "abstracts.csv").open(encoding="utf-8", newline=""))
    }
    names = dict.fromkeys(name for *_, expression, _ in CLAIMS for name in parse(expression).names())
    return Snapshot.of(
        STUDY,
        sources=[
            Source(f"abstract-{number}", kind="abstract", language="sv" if "Swedish)" in row["type"] else "en",
                   title=f"Abstract {number}: {row['type']}, {row['setting'].strip('- ') or 'setting not given'}")
            for number, row in rows.items()
        ],
        codes=[Code(name, in_words(name), level="free", origin="a priori") for name in names],
        constructs=[
            Construct(name, in_words(name), "codings", (name,), extra=make_extra(name))
            for name in names
        ],
        claims=make_claims(rows),
        samples=make_samples(rows),
    )  # fmt: skip


def make_extra(name: str) -> dict[str, Any]:
    """That a construct is known from abstracts, and under which names."""
    known = [
        {"sample": sample_id(number), "name": called, **({"note": why} if why else {})}
        for number, called, why in KNOWN_AS.get(name, ())
    ]
    return {"note": "Known from abstracts: no data.", **({"known_as": known} if known else {})}


def make_claims(rows: dict[str, dict[str, str]]) -> list[Claim]:
    """One claim for each thing that an abstract says, with method, path and sample."""
    claims = []
    for id, text, kind, expression, theme in CLAIMS:
        row = rows[id.rstrip("ab")]
        where, form = FORMS.get(id, ("", ""))
        other, relation, note = RELATED.get(id, ("", "", ""))
        related = [{"claim": f"A{other}", "relation": relation, "note": note}] if other else []
        claims.append(
            Claim(
                f"A{id}", text, kind, expression,
                scope=make_scope(row["setting"].strip("- ")), status="asserted",
                forms=(ClaimForm(where, form),) if form else (),
                extra={
                    "sample": sample_id(row["abstract_no"]), "known_from": "abstract", "method": row["method"],
                    "n": row["n"], "path": row["path"], "finding": row["finding"], "theme": theme,
                    **({"related": related} if related else {}),
                },
            )
        )  # fmt: skip
    return claims


def make_scope(setting: str) -> dict[str, str]:
    """Who and where, as far as the setting says it; no abstract says when."""
    places = {"Swed": "Sweden", "Vietnam": "Vietnam"}
    where = next((country for word, country in places.items() if word in setting), "")
    return {key: value for key, value in (("who", setting), ("where", where)) if value}


def make_samples(rows: dict[str, dict[str, str]]) -> list[Sample]:
    """A sample an abstract; that two are one is inferred throughout, since no abstract says so."""
    first = {later: (number, why) for number, (others, why) in LINEAGES.items() for later in others}
    samples = []
    for number, row in rows.items():
        counted = re.match(r"\d+", row["n"]) if number not in NOT_UNITS else None
        unit = row["n"][counted.end() :].strip() if counted else ""
        same, why = first.get(number, ("", ""))
        samples.append(
            Sample(
                sample_id(number), f"Abstract {number}", int(counted[0]) if counted else None, unit,
                row["setting"].strip("- "), sample_id(same) if same else "", "inferred" if same else "stated",
                {"firms": FIRMS[number], **({"why": why} if why else {})},
            )
        )  # fmt: skip
    return samples


def sample_id(number: str) -> str:
    """The id of the sample behind an abstract."""
    return f"sample-{number}"


def in_words(name: str) -> str:
    """The name of a construct in words."""
    return name.replace("_", " ").capitalize()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write_folder(make(Path(sys.argv[1])), TARGET)
