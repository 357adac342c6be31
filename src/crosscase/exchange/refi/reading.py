"""A REFI-QDA project as a study: tolerant of what programs write, and with an account of everything in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from lxml import etree

from crosscase.core import (
    TABLES,
    Coder,
    Coding,
    Memo,
    PartialDate,
    Quotation,
    Snapshot,
    Study,
    Turn,
)
from crosscase.core.errors import CrosscaseError, InputError
from crosscase.exchange.archive import Limits
from crosscase.exchange.refi.cases import Variables, read_cases
from crosscase.exchange.refi.choosing import Choice, UnclearPositions, choose, doubts
from crosscase.exchange.refi.codebook import LEVEL_SET, find_codes, read_codes, read_levels
from crosscase.exchange.refi.container import Container, open_container
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.refi.positions import STANDARD, Convention, Ruler, convention
from crosscase.exchange.refi.report import Account, Read
from crosscase.exchange.refi.side import read_side
from crosscase.exchange.refi.sources import Gathered, Mark, SourcesRead
from crosscase.exchange.refi.texts import text_of
from crosscase.exchange.refi.xml import attribute, child, children, guid, local, parse, words

__all__ = ["FORMATS", "read_project"]

FORMATS = (".qdpx", ".qde", ".qdc")
_COUNTED = ("sources", "codes", "codings", "cases", "variables", "memos", "links", "sets")
_PROJECT = {
    "Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs", "Description", "NoteRef",
}  # fmt: skip


def read_project(path: str | Path, *, positions: str = "", limits: Limits | None = None) -> Read:
    """The study in a .qdpx, .qde or .qdc file.

    ``positions`` names how the positions of selections are counted (:data:`CONVENTIONS`); when it is empty, each source
    is tried in all ways.

    Raises:
        InputError: the file is no project, damaged or not safe; or it is not clear how positions are counted.
    """
    named = convention(positions) if positions else None
    with open_container(Path(path), limits) as container:
        root = parse(container.project, container.name)
        if local(root).casefold() not in ("project", "codebook"):
            raise InputError(
                f"this is no REFI-QDA project or codebook: it begins with '{local(root)}'",
                where=container.name,
                mend="export the project again as REFI-QDA (.qdpx, .qde or .qdc)",
            )
        return _Project(root, container, named).read()


class _Project:
    """Reads one project, part after part, so that references go to what has been read."""

    def __init__(self, root: Any, container: Container, named: Convention | None) -> None:
        self.root = root
        self.container = container
        self.named = named
        self.account = Account()
        #: GUID of a note -> the things that refer to it.
        self.noted: dict[str, list[tuple[str, str]]] = {}
        #: GUID -> table and id, for links.
        self.things: dict[str, tuple[str, str]] = {}
        self.quotations: list[Quotation] = []
        self.codings: list[Coding] = []
        self.memos: list[Memo] = []
        self.turns: list[Turn] = []
        self.verified = 0

    def read(self) -> Read:
        root, account = self.root, self.account
        self.coders = self._coders()
        self.variables = Variables(child(root, "Variables"), account)
        self.cases = read_cases(child(root, "Cases"), self.variables, account)
        self.things = {identity: ("cases", id) for identity, id in self.cases.by_guid.items()}
        book, sets = find_codes(root)
        self.codes, self.code_ids = read_codes(book, account, self._note) if book is not None else ([], {})
        levels = read_levels(sets, self.code_ids)
        self.codes = [replace(code, level=levels.get(code.id, code.level)) for code in self.codes]
        self.sources = SourcesRead(self.container, account, self.variables, self.cases, self._note)
        self.sources.read(child(root, "Sources"))
        notes = list(children(child(root, "Notes"))) if child(root, "Notes") is not None else []
        for note in notes:
            if any(True for _ in children(note, "PlainTextSelection", "Coding")):
                self.sources.source(note, "text")  # a memo that is coded is evidence too
                account.merged["memo with codings, which became a source as well"] += 1
        choices = self._positions()
        for gathered in self.sources.gathered:
            self._place(gathered, choices.get(gathered.source.id))
        self._descriptions()
        self._notes(notes)
        snapshot = self._snapshot()
        for other in children(root):
            if local(other) not in _PROJECT and local(root) == "Project":
                account.dropped[f"element {local(other)} in the project"] += 1
        return self._result(snapshot, choices)

    # -- people, codes, cases ------------------------------------------------------------------------------------------

    def _coders(self) -> list[Coder]:
        ids = Ids()
        coders: list[Coder] = []
        self.coder_ids: dict[str, str] = {}
        users = child(self.root, "Users")
        for one in children(users, "User") if users is not None else ():
            name = attribute(one, "name") or attribute(one, "id")
            id = ids.new(name, "coder")
            self.coder_ids.setdefault(guid(one), id)
            initials = attribute(one, "id")
            coders.append(Coder(id, name, {"guid": guid(one)} | ({"initials": initials} if initials else {})))
        return coders

    def _note(self, element: Any, table: str, id: str) -> None:
        """Remember the notes that a thing refers to, and the thing itself by its GUID."""
        self.things.setdefault(guid(element), (table, id))
        for reference in children(element, "NoteRef"):
            self.noted.setdefault(guid(reference, "targetGUID"), []).append((table, id))

    # -- selections ----------------------------------------------------------------------------------------------------

    def _positions(self) -> dict[str, Choice]:
        if self.named is None and attribute(self.root, "origin") == "Crosscase":
            self.named = STANDARD  # what we write is in code points, whatever it selects
        wanted = [found for one in self.sources.gathered if (found := one.selections()) is not None]
        try:
            choices = choose(wanted, self.named, attribute(self.root, "origin"))
        except UnclearPositions as unclear:
            unclear.where = f"{self.container.name}, {unclear.where}"
            raise
        self.account.warnings.extend(doubts(choices))
        return choices

    def _place(self, gathered: Gathered, choice: Choice | None) -> None:
        """The quotations and codings of one source, in the order of the file."""
        text = gathered.text.words if gathered.text is not None else ""
        ruler = Ruler(text, choice.convention if choice is not None else STANDARD)
        own: dict[str, tuple[int, set[tuple[str, str]]]] = {}
        for mark in gathered.marks:
            before = own.get(mark.identity) if mark.identity else None
            if before is not None and mark.extra:
                # A region of a page and the same selection in the page's text, under one GUID.
                quotation = self.quotations[before[0]]
                self.quotations[before[0]] = replace(quotation, extra={**quotation.extra, **mark.extra})
                self.account.merged["page region of a selection in the text"] += 1
                self._codings(mark, quotation.id, before[1], twin=True)
                continue
            quotation, seen = self._quotation(mark, gathered, ruler), set[tuple[str, str]]()
            self.quotations.append(quotation)
            if mark.identity:
                own.setdefault(mark.identity, (len(self.quotations) - 1, seen))
            self._codings(mark, quotation.id, seen)
        if choice is not None:
            self.verified += self._verified(gathered, choice)
        self._turns(gathered, ruler)

    def _quotation(self, mark: Mark, gathered: Gathered, ruler: Ruler) -> Quotation:
        element, source = mark.element, gathered.source
        number = len(self.quotations) + 1
        extra: dict[str, Any] = {"guid": mark.identity} if mark.identity else {}
        extra |= mark.extra
        start = end = None
        text, locator = "", mark.locator
        name = "" if mark.whole else attribute(element, "name")
        if mark.selection is not None:
            written = f"positions {mark.selection.start}–{mark.selection.end}"
            if gathered.text is None:
                locator = written
                extra["positions"] = f"{mark.selection.start},{mark.selection.end}"
            else:
                span = ruler.span(mark.selection)
                if span is None:
                    locator = f"{written}, which are outside the text or reversed"
                    self.account.unplaced.append(
                        {
                            "source": source.id,
                            "selection": name,
                            "start": mark.selection.start,
                            "end": mark.selection.end,
                        }
                    )
                else:
                    start, end = span
                    text = gathered.text.words[start:end]
        if name and "".join(name.split()) != "".join(text.split()):
            extra["name"] = name
        if (created := attribute(element, "creationDateTime")) and not mark.whole:
            extra["created"] = created
        case = self.cases.only(self.cases.of_selection, mark.identity)
        quotation = Quotation(f"q{number}", source.id, start, end, text, locator, case=case, extra=extra)
        if not mark.whole:
            self._note(element, "quotations", quotation.id)
            self._annotation(element, quotation.id)
        return quotation

    def _annotation(self, element: Any, quotation: str) -> None:
        """A selection's description is a memo on it."""
        if text := words(element, "Description"):
            author = self.coder_ids.get(guid(element, "creatingUser"), "")
            date = _date(attribute(element, "creationDateTime"))
            self._memo("quotations", quotation, date, author, "", text, {"refi": "description"})

    def _codings(self, mark: Mark, quotation: str, seen: set[tuple[str, str]], *, twin: bool = False) -> None:
        """The codings of a selection; of a ``twin`` only those that the selection has not."""
        for one in children(mark.element, "Coding"):
            self.account.read["codings"] += 1
            coder = self.coder_ids.get(guid(one, "creatingUser"), "")
            targets = [guid(reference, "targetGUID") for reference in children(one, "CodeRef")]
            found = False
            for target in targets:
                if target in self.cases.by_guid:
                    self._belongs(quotation, self.cases.by_guid[target])
                    self.account.merged["coding at a case, which became the quotation's case"] += 1
                    found = True
                if target in self.code_ids:
                    found = True
                    code = self.code_ids[target]
                    if twin and (code, coder) in seen:
                        self.account.merged["coding that stood there twice"] += 1
                        continue
                    seen.add((code, coder))
                    self._coding(one, quotation, code, coder)
                    if case := self.cases.only(self.cases.of_code, target):
                        self._belongs(quotation, case)
            if not found:
                self.account.dropped["coding without a code that is there"] += 1

    def _coding(self, element: Any, quotation: str, code: str, coder: str) -> None:
        extra = {}
        if identity := guid(element):
            extra["guid"] = identity
        if created := attribute(element, "creationDateTime"):
            extra["created"] = created
        coding = Coding(f"c{len(self.codings) + 1}", quotation, code, coder, extra=extra)
        self.codings.append(coding)
        self._note(element, "codings", coding.id)

    def _belongs(self, quotation: str, case: str) -> None:
        place = int(quotation[1:]) - 1
        if not self.quotations[place].case:
            self.quotations[place] = replace(self.quotations[place], case=case)

    def _turns(self, gathered: Gathered, ruler: Ruler) -> None:
        """A transcript's points with times part it into turns."""
        if gathered.text is None or not gathered.times:
            return
        length = len(gathered.text.words)
        points: dict[int, float] = {}
        for position, time in gathered.times:
            point = ruler.code_point(position)
            if point is None:
                self.account.dropped["point of a transcript outside the text"] += 1
            else:
                points.setdefault(point, time)
        starts = sorted(points)
        for number, (start, end) in enumerate(pairwise([*starts, length]), 1):
            self.turns.append(Turn(gathered.source.id, number, start, end, time=points[start]))

    def _verified(self, gathered: Gathered, choice: Choice) -> int:
        """How many codings of a source are on a selection that is verified."""
        return sum(
            sum(1 for _ in children(mark.element, "Coding"))
            for mark, good in zip([one for one in gathered.marks if one.selection], choice.each, strict=True)
            if good
        )

    # -- memos ---------------------------------------------------------------------------------------------------------

    def _memo(
        self,
        kind: str,
        about: str,
        date: PartialDate | None,
        author: str,
        title: str,
        text: str,
        extra: Mapping[str, Any],
    ) -> str:
        id = f"m{len(self.memos) + 1}"
        self.memos.append(Memo(id, kind, about, date, author, title, text, extra))
        self.account.read["memos"] += 1
        return id

    def _descriptions(self) -> None:
        described = {"refi": "description"}
        for source, text in self.sources.descriptions:
            self._memo("sources", source, None, "", "", text, described)
        for case, text in self.cases.descriptions.items():
            self._memo("cases", case, None, "", "", text, described)
        if text := words(self.root, "Description"):
            self._memo("", "", None, "", "", text, described)

    def _notes(self, notes: list[Any]) -> None:
        linked: dict[str, list[tuple[str, str]]] = {}
        links = child(self.root, "Links")
        for link in children(links, "Link") if links is not None else ():
            ends = [guid(link, "originGUID"), guid(link, "targetGUID")]
            for one, other in (ends, ends[::-1]):
                if other in self.things:
                    linked.setdefault(one, []).append(self.things[other])
        for note in notes:
            identity = guid(note)
            name = attribute(note, "name")
            text = text_of(note, self.container, self.account, name or "a memo")
            about = [*self.noted.get(identity, ()), *linked.get(identity, ())]
            kind, id = about[0] if about else ("", "")
            extra = {"guid": identity} if identity else {}
            if described := words(note, "Description"):
                extra["description"] = described
            author = self.coder_ids.get(guid(note, "creatingUser"), "")
            memo = self._memo(
                kind, id, _date(attribute(note, "creationDateTime")), author, name, text.words if text else "", extra
            )
            self.things.setdefault(identity, ("memos", memo))
            if further := [other for other in dict.fromkeys(about) if other != about[0]]:
                self.account.aside["memo about several things"] += 1
                also = "; ".join(f"{table} {other}" for table, other in further)
                self.memos[-1] = replace(self.memos[-1], extra={**extra, "also_about": also})

    # -- the whole -----------------------------------------------------------------------------------------------------

    def _snapshot(self) -> Snapshot:
        gathered = self.sources.gathered
        head = Study(
            title=attribute(self.root, "name"),
            variables=tuple(self.variables.variables),
            extra={"refi": refi} if (refi := self._aside()) else {},
        )
        rows: dict[str, list[Any]] = {
            "cases": self.cases.cases,
            "sources": [one.source for one in gathered],
            "turns": self.turns,
            "codes": self.codes,
            "coders": self.coders,
            "quotations": self.quotations,
            "codings": self.codings,
            "memos": self.memos,
        }
        rows = {name: _uniform(some) if name not in ("cases", "turns") else some for name, some in rows.items()}
        texts = {one.source.id: one.text.words for one in gathered if one.text is not None}
        return Snapshot.of(head, texts=texts, **rows).replace(originals=dict(self.sources.originals))

    def _aside(self) -> dict[str, Any]:
        """What has no place in a study and goes out again: sets, links, graphs, and who belongs to several cases."""
        aside: dict[str, Any] = {}
        for container, tag in (("Sets", "Set"), ("Links", "Link"), ("Graphs", "Graph")):
            found = child(self.root, container)
            if found is None and container == "Sets":
                found = find_codes(self.root)[1]
            kept = []
            for one in children(found, tag) if found is not None else ():
                self.account.read[container.lower()] += 1
                if not attribute(one, "name").startswith(LEVEL_SET):
                    kept.append(_plain_xml(one))
            if kept:
                self.account.aside[container.lower()] += len(kept)
                aside[container.lower()] = kept
        for name, of in (("sources", self.cases.of_source), ("selections", self.cases.of_selection)):
            several = {identity: list(dict.fromkeys(cases)) for identity, cases in of.items() if len(set(cases)) > 1}
            if several:
                self.account.aside[f"{name} of several cases"] += len(several)
                aside[f"{name}_of_cases"] = several
        if self.cases.of_code:
            self.account.aside["codes of cases"] += len(self.cases.of_code)
            aside["codes_of_cases"] = {
                identity: list(dict.fromkeys(cases)) for identity, cases in self.cases.of_code.items()
            }
        if identities := {id: one for one, id in self.cases.by_guid.items() if not one.startswith("#")}:
            aside["cases"] = identities
        for name in ("name", "origin"):
            if value := attribute(self.root, name):
                aside[name] = value
        return aside

    def _result(self, snapshot: Snapshot, choices: Mapping[str, Choice]) -> Read:
        account = self.account
        for name in ("modifiedDateTime", "modifyingUser", "modifyingUserGUID"):
            if count := sum(1 for one in self.root.iter() if isinstance(one.tag, str) and one.get(name)):
                account.dropped[f"attribute {name}"] += count
        placed = {one.id for one in snapshot.quotations if one.start is not None}
        words = {
            "read": account.read["codings"],
            "with_words": sum(one.quotation in placed for one in snapshot.codings),
            "verified": self.verified,
        }
        if account.unplaced:
            account.dropped["positions outside the text, reversed or no numbers (see unplaced)"] += len(
                account.unplaced
            )
        basis = "standard"
        own = read_side(self.container, account)
        if own is not None:
            snapshot, basis = own, "own"
        return Read(
            snapshot,
            attribute(self.root, "origin"),
            {name: account.read[name] for name in _COUNTED},
            {name: len(snapshot.table(name)) for name in TABLES if len(snapshot.table(name))},
            tuple(choices.values()),
            dict(account.aside),
            dict(account.dropped),
            dict(account.merged),
            tuple(account.unplaced),
            words,
            tuple(dict.fromkeys(account.warnings)),
            basis,
        )


def _uniform(rows: list[Any]) -> list[Any]:
    """The rows with the same kept columns in all of them, as a study folder holds them."""
    keys = dict.fromkeys(key for row in rows for key in row.extra)
    empty = dict.fromkeys(keys, "")
    return [row if len(row.extra) == len(keys) else replace(row, extra={**empty, **row.extra}) for row in rows]


def _date(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text[:10]) if text else None
    except CrosscaseError:
        return None


def _plain_xml(element: Any) -> str:
    """An element as text, without namespaces and without the white space of its layout."""
    plain = etree.Element(local(element), {etree.QName(key).localname: value for key, value in element.items()})
    waiting = [(element, plain)]
    while waiting:
        one, copy = waiting.pop()
        if one.text and one.text.strip():
            copy.text = one.text
        for inner in children(one):
            below = etree.SubElement(
                copy, local(inner), {etree.QName(key).localname: value for key, value in inner.items()}
            )
            waiting.append((inner, below))
    return str(etree.tostring(plain, encoding="unicode"))
