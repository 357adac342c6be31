"""Find quotations: by code, case, kind of source, coder, and words; in the order of the sources and their text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosscase.core import Coding, Quotation
from crosscase.study.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; an empty field looks for nothing.  ``under`` takes in the codes below the code."""

    code: str = ""
    under: bool = True
    case: str = ""
    kind: str = ""
    coder: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A quotation with those of its codings that were looked for, its case and the role of who speaks."""

    quotation: Quotation
    codings: tuple[Coding, ...]
    case: str
    role: str
    source_title: str
    date: str


def quotations(workspace: Workspace, wanted: Wanted) -> list[Found]:
    """All quotations that fit.

    Raises:
        NotFoundError: no such code.
    """
    if wanted.code:
        workspace.row("codes", wanted.code)
    with workspace.lock:
        return list(_fitting(workspace, wanted))


def _fitting(workspace: Workspace, wanted: Wanted) -> Iterator[Found]:
    snapshot = workspace.study.snapshot  # its sources and participants; codes and codings are asked of the workspace
    codes = set(workspace.subtree(wanted.code) if wanted.under else [wanted.code]) if wanted.code else None
    words = wanted.words.casefold()
    sources = {source.id: source for source in snapshot.sources}
    roles = {person.id: person.role for person in snapshot.participants}
    by_quotation: dict[str, list[Coding]] = {}
    for coding in workspace.rows("codings"):
        if (codes is None or coding.code in codes) and wanted.coder in ("", coding.coder):
            by_quotation.setdefault(coding.quotation, []).append(coding)
    order = {source: place for place, source in enumerate(sources)}
    mine = [one for one in workspace.rows("quotations") if one.id in by_quotation]
    for quotation in sorted(mine, key=lambda one: (order.get(one.source, len(order)), one.start or 0)):
        source = sources.get(quotation.source)
        case = workspace.case_of(quotation.id)
        if wanted.case not in ("", case) or (wanted.kind and (source is None or source.kind != wanted.kind)):
            continue
        if words and words not in f"{quotation.text} {quotation.locator}".casefold():
            continue
        codings = tuple(by_quotation[quotation.id])
        date = str(source.date or "") if source else ""
        title = (source.title or source.id) if source else ""
        yield Found(quotation, codings, case, roles.get(quotation.participant, ""), title, date)
