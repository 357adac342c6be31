"""Make the archive of a study: the report is built, and everything goes into one file."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

from crosscase import __version__
from crosscase.checks import run
from crosscase.core import Snapshot
from crosscase.evidence import Ledger
from crosscase.exchange.archives import write_archive
from crosscase.study.building import build
from crosscase.study.findings import Findings


def archive(snapshot: Snapshot, out: Path) -> None:
    """Write the archive of a study with its report, dated today; InputError when it cannot be written."""
    ledger = Ledger(snapshot)
    with tempfile.TemporaryDirectory(prefix="crosscase-") as folder:
        build(ledger, Findings(tuple(run(ledger, (), ()))), Path(folder))
        report = {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()
        }
    write_archive(snapshot, out, report, date=datetime.date.today().isoformat(), version=__version__)
