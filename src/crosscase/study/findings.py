"""What a check found, as a result that shows itself."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from crosscase.checks import as_plain, summary
from crosscase.core import Finding
from crosscase.core.frames import to_frame

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True, repr=False)
class Findings(Sequence[Finding]):
    """Findings in the order of the rules."""

    all: tuple[Finding, ...]

    @property
    def open(self) -> tuple[Finding, ...]:
        """Those that nobody has accepted."""
        return tuple(finding for finding in self.all if not finding.accepted)

    def to_dict(self) -> dict[str, Any]:
        return {"findings": [as_plain(finding) for finding in self.all]}

    def to_frame(self) -> pandas.DataFrame:
        """One row a finding: rule, severity, kind, id, message, evidence, accepted."""
        return to_frame(
            {
                "rule": [one.rule for one in self.all],
                "severity": [one.severity for one in self.all],
                "kind": [one.subject.kind for one in self.all],
                "id": [one.subject.id for one in self.all],
                "message": [one.message for one in self.all],
                "evidence": [list(one.evidence) for one in self.all],
                "accepted": [one.accepted for one in self.all],
            }
        )

    def __len__(self) -> int:
        return len(self.all)

    @overload
    def __getitem__(self, key: int) -> Finding: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, key: int | slice) -> Finding | tuple[Finding, ...]:
        return self.all[key]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.all)

    def __repr__(self) -> str:
        return f"<Findings: {summary(self.all)}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{one.rule}</td><td>{one.severity}</td><td>{html.escape(one.subject.id)}</td>"
            f"<td>{html.escape(one.message)}</td><td>{html.escape(one.accepted)}</td></tr>"
            for one in self.all
        )
        heads = "".join(
            f'<th scope="col">{head}</th>' for head in ("rule", "severity", "subject", "message", "accepted")
        )
        return (
            f"<table><caption>{summary(self.all)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )
