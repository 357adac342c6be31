"""What an analysis was computed from, as one hash: when it differs from the stored one, the result is stale.

The inputs of an analysis are its specification and what that names: constructs (their cells and the anchors of their
calibration), variables and measures (their values a case), surveys (their columns); and of the linked claim what it states
and the cases that it was built on, because the result says how these fare apart.  Names are found in every text of the
specification, in lists, expressions and model syntax alike.  Data that a specification names but the study does not hold
are not covered.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from crosscase.core import Analysis, Snapshot
from crosscase.core.plain import to_plain
from crosscase.evidence.ledger import Ledger

#: Keys of a calibration that explain it and change nothing.
_WORDS_ONLY = ("reason", "reasons", "note")
_WORD = re.compile(r"[^\W\d][\w.-]*")


def inputs_hash(snapshot: Snapshot | Ledger, analysis: Analysis) -> str:
    """The SHA-256 of what an analysis rests on, as ``Analysis.inputs_hash`` holds it.

    Give a ledger when there is one, so that its tables are not made again.
    """
    ledger = snapshot if isinstance(snapshot, Ledger) else Ledger(snapshot)
    text = json.dumps(_inputs(ledger, analysis), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _inputs(ledger: Ledger, analysis: Analysis) -> dict[str, Any]:
    snapshot = ledger.snapshot
    specification = to_plain(analysis.specification)
    words = dict.fromkeys(word for text in _texts(specification) for word in (text, *_WORD.findall(text)))
    cases = snapshot.cases.column("id")
    found: dict[str, Any] = {"kind": analysis.kind, "specification": specification}
    claim = snapshot.claims.get(analysis.claim) if analysis.claim else None
    if claim is not None and (claim.expression or claim.built_on):
        found["claim"] = [claim.expression, sorted(claim.built_on)]
    for word in sorted(words):
        if word in snapshot.constructs:
            anchors = {
                key: value for key, value in snapshot.constructs[word].calibrate.items() if key not in _WORDS_ONLY
            }
            cells = [[cell.case, cell.state, cell.value] for cell in ledger.constructs.column(word)]
            found[f"construct {word}"] = [to_plain(anchors), cells]
        elif word in snapshot.surveys:
            found[f"survey {word}"] = {name: list(column) for name, column in snapshot.surveys[word].columns.items()}
        elif ledger.knows(word):
            found[f"value {word}"] = [[case, ledger.known(case, word)] for case in cases]
    return found


def _texts(value: Any) -> Iterator[str]:
    """Every text in a specification, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
