"""Make the archive of a study: the study folder, the REFI-QDA project and the report, described and hashed."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from crosscase.core import Snapshot
from crosscase.exchange.crate import Withheld, archive_files, withhold, write_archive

if TYPE_CHECKING:
    from crosscase.reports.privacy import Key

Report = Callable[[str], None]


def archive(
    snapshot: Snapshot,
    out: Path,
    *,
    readers: Literal["sharing", "team"] = "sharing",
    key: Key | None = None,
    report: Report | None = None,
    today: datetime.date | None = None,
) -> Withheld:
    """Write the archive of a study, without the texts whose consent excludes it, and say what was left out.

    Everything in the archive, the report too, is made from the study that is left.  The report is the one that may leave the
    team, with the pseudonyms of ``key``, unless it is for ``readers="team"``.

    Raises:
        InputError: it cannot be written there, or a name is left in the report; then nothing is written.
    """
    from crosscase.checks import run
    from crosscase.evidence import Ledger
    from crosscase.study.building import build
    from crosscase.study.findings import Findings
    from crosscase.study.sharing import build_for_sharing

    today = today or datetime.date.today()
    left, withheld = withhold(snapshot, today)
    ledger = Ledger(left, today)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "report"
        if readers == "team":
            build(ledger, Findings(tuple(run(ledger))), folder)
        else:
            build_for_sharing(ledger, key, folder)
        files = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    write_archive(archive_files(left, withheld, files, date=today), out)
    if report is not None:
        _tell(withheld, report)
    return withheld


def _tell(withheld: Withheld, report: Report) -> None:
    for id, reason in withheld.reasons.items():
        report(f"left out, the words of source {id}: {reason}")
    for table, id in withheld.struck:
        report(f"struck out of {table} {id}: words of a source that was left out".replace("  ", " "))
    if withheld.silent:
        report(f"nothing is on record about archiving {len(withheld.silent)} sources, which are included")
