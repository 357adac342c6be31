"""What leaves the study without the names: a snapshot for sharing, what was lost on the way, and a search of what was written.

Three steps, each listed in the report:

1. the words of quotations that may not be printed are taken out: consent was refused, withdrawn, has expired, or does not
   reach to quoting; names of the key file become pseudonyms, in every text and every id; e-mail addresses, telephone numbers and web addresses
   (a DOI is none) are taken out, the texts of the sources stay behind;
   Without a key file the names are those that the study itself declares in columns such as *company* or *contact*; named
   partners and alters become numbered ones;
2. attributes by which an outsider could recognise a firm are generalised, all cases alike, until at least ``k`` cases share
   every profile (Sweeney 2002): years and numbers become bands, countries continents, then a variable is left out; not where
   the study says that the profiles are public already, or its firms are invented;
3. everything that was written is searched for the names and for addresses; what is found stops the build.

The measures are computed *after* that, so that no figure gives away what a table hides; some are lost, and that is counted.
Not covered, and said in the report: dated events, printed figures and quotations can still single out a firm to somebody who
knows the field.
"""

from __future__ import annotations

import datetime
import html
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from crosscase.core import TABLES, Case, Event, Participant, Quotation, Snapshot, Table, Tie, Variable
from crosscase.core.consent import Consent, together
from crosscase.core.errors import InputError
from crosscase.core.values import read_number
from crosscase.engines.measures.regions import scheme
from crosscase.evidence.identifiers import IDENTIFIERS, identifies
from crosscase.evidence.profiles import alone, group_size, public_because, quasi_identifiers
from crosscase.reports.table import Cell, Column, ReportTable

_NUMBERS = ("year", "number", "integer", "percent")


@dataclass(frozen=True, slots=True)
class Key:
    """Who stands behind the pseudonyms: pseudonym -> every spelling of the name that could occur."""

    names: Mapping[str, tuple[str, ...]]

    def patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """(pseudonym, pattern) pairs, the longest spellings first, so that a part of a name does not cut into the whole."""
        pairs = [(spelling, pseudonym) for pseudonym, spellings in self.names.items() for spelling in spellings]
        pairs.sort(key=lambda pair: -len(pair[0]))
        return [(pseudonym, _pattern(spelling)) for spelling, pseudonym in pairs]

    def joined(self, other: Key) -> Key:
        """The names of both."""
        pseudonyms = dict.fromkeys((*self.names, *other.names))
        return Key({one: (*self.names.get(one, ()), *other.names.get(one, ())) for one in pseudonyms})


def key_from_document(document: Mapping[str, Any], file: str = "keyfile.toml") -> Key:
    """The key in a toml document: ``[[name]] pseudonym, name, also``.

    Raises:
        InputError: it holds no names, a row lacks one of the two, or a name is too short to be searched for.
    """
    rows = document.get("name", [])
    if not isinstance(rows, list) or not rows:
        raise InputError("the key file holds no names", where=file, mend="write [[name]] with pseudonym and name")
    names: dict[str, tuple[str, ...]] = {}
    for number, row in enumerate(rows, start=1):
        where = f"{file}, name {number}"
        if not isinstance(row, Mapping) or not row.get("pseudonym") or not row.get("name"):
            raise InputError("a row lacks the pseudonym or the name", where=where, mend="give both")
        also = row.get("also", ())
        spellings = [str(row["name"]).strip(), *([also] if isinstance(also, str) else map(str, also))]
        if short := [one for one in spellings if len(one.strip()) < 2]:
            raise InputError(
                f"'{short[0]}' is too short to be searched for", where=where, mend="give a longer spelling"
            )
        pseudonym = str(row["pseudonym"])
        names[pseudonym] = (*names.get(pseudonym, ()), *spellings)
    return Key(names)


def declared_names(snapshot: Snapshot) -> Key:
    """The names that a study holds although it should not: values of columns such as *company* or *contact*.

    A value is a name when it has four letters or more and one of them is a capital or of a script without any.
    """
    names: dict[str, tuple[str, ...]] = {}
    rows: list[tuple[str, Mapping[str, Any]]] = [(case.id, case.attributes) for case in snapshot.cases]
    rows += [(person.id, person.extra) for person in snapshot.participants]
    for pseudonym, columns in rows:
        spellings = [str(value).strip() for name, value in columns.items() if identifies(str(name)) and value]
        if found := tuple(dict.fromkeys(one for one in spellings if one != pseudonym and _is_name(one))):
            names[pseudonym] = found
    return Key(names)


def _is_name(text: str) -> bool:
    if any(letter >= "\u2e80" for letter in text):
        return True
    return sum(letter.isalpha() for letter in text) >= 4 and text != text.casefold()


@dataclass(frozen=True, slots=True)
class Generalised:
    """What became of one variable: ``steps`` in words, none when it stayed as it was."""

    variable: str
    steps: str


@dataclass(frozen=True)
class Shared:
    """A snapshot for sharing and what was done to it.

    ``replaced`` counts names by pseudonym and addresses by their kind; ``alone_before`` and ``alone_after`` are how many
    cases had a profile that fewer than ``k`` share.  ``public`` says why the profiles were left as they are, if they were;
    ``keyed`` is whether there was a key file.
    """

    snapshot: Snapshot
    k: int
    replaced: Mapping[str, int]
    generalised: tuple[Generalised, ...]
    alone_before: int
    alone_after: int
    public: str = ""
    keyed: bool = True


def for_sharing(
    snapshot: Snapshot, key: Key | None = None, today: datetime.date | None = None, *, k: int | None = None
) -> Shared:
    """The snapshot with pseudonyms, without addresses and source texts, and with profiles that ``k`` cases share.

    ``today`` decides which consent has expired.  A ``k`` given here holds even where the study says that its profiles are
    public.

    Raises:
        InputError: two ids became one, or ``[privacy]`` cannot be read.
    """
    counted: Counter[str] = Counter()
    size, names = group_size(snapshot, k), quasi_identifiers(snapshot)
    public = public_because(snapshot) if k is None else ""
    declared = declared_names(snapshot)
    snapshot, silenced = _without_consent(snapshot, today or datetime.date.today())
    if silenced:
        counted["words of a quotation without consent to print them"] = silenced
    clean = _cleaner(key.joined(declared) if key else declared, counted)
    tables = {name: _table(snapshot.table(name), clean) for name in TABLES}
    for name, table in tables.items():
        if "id" in table.row.__dataclass_fields__ and len(set(table.column("id"))) < len(
            set(snapshot.table(name).column("id"))
        ):
            raise InputError(
                f"two ids of {name} became one when names were replaced", mend="rename one of them in the study"
            )
    hidden = _without_key_columns(Snapshot(study=clean(snapshot.study), texts={}, originals={}, **tables), counted)
    if not public:
        hidden = _without_third_parties(hidden, counted)
    before = alone(hidden.cases, names, size)
    shared, generalised = (hidden, ()) if public else _generalise(hidden, names, size)
    after = alone(shared.cases, names, size)
    return Shared(shared, size, dict(counted), generalised, len(before), len(after), public, key is not None)


# -- names that the study holds, and names of others -------------------------------------------------------------------


def _without_key_columns(snapshot: Snapshot, counted: Counter[str]) -> Snapshot:
    """Cases and participants without the columns whose name says that they identify."""

    def kept(columns: Mapping[str, Any]) -> Mapping[str, Any]:
        found = [name for name, value in columns.items() if identifies(str(name)) and value]
        counted.update(f"column {name}" for name in found)
        return {name: value for name, value in columns.items() if name not in found} if found else columns

    return snapshot.replace(
        cases=Table.of(Case, [replace(one, attributes=kept(one.attributes)) for one in snapshot.cases]),
        participants=Table.of(Participant, [replace(one, extra=kept(one.extra)) for one in snapshot.participants]),
    )


def _without_third_parties(snapshot: Snapshot, counted: Counter[str]) -> Snapshot:
    """Named partners and alters become numbered ones, the same name the same number."""
    known: dict[str, str] = {}

    def hidden(name: str) -> str:
        if not name.strip() or name in snapshot.cases or name in snapshot.participants:
            return name
        counted["named partner or alter"] += name not in known
        return known.setdefault(name, f"other {len(known) + 1}")

    ties = [
        replace(tie, alter=hidden(tie.alter), knows=tuple(hidden(one) for one in tie.knows)) for tie in snapshot.ties
    ]
    events = [replace(event, partner=hidden(event.partner)) for event in snapshot.events]
    return snapshot.replace(ties=Table.of(Tie, ties), events=Table.of(Event, events))


# -- consent -----------------------------------------------------------------------------------------------------------


def _without_consent(snapshot: Snapshot, today: datetime.date) -> tuple[Snapshot, int]:
    """Quotations lose their words where the person or the source does not allow printing them; how many did.

    Where nothing is stated the words stay: R304 reports that.
    """

    def refused(person: str, source: str) -> bool:
        given = (snapshot.participants.get(person), snapshot.sources.get(source))
        return together((Consent.of(one) for one in given if one), "quote", today) is False

    rows, silenced = [], 0
    for quotation in snapshot.quotations:
        person = snapshot.speaker_of_quotation[quotation.id]
        if quotation.text and refused(person, quotation.source):
            quotation, silenced = replace(quotation, text=""), silenced + 1
        rows.append(quotation)
    return (snapshot.replace(quotations=Table.of(Quotation, rows)), silenced) if silenced else (snapshot, 0)


# -- names and addresses -----------------------------------------------------------------------------------------------


def _pattern(spelling: str) -> re.Pattern[str]:
    """A name as it may stand in a text: any case and white space; whole words, where the script has spaces."""
    words = spelling.split()
    body = r"\s+".join(re.escape(word) for word in words)
    before = r"(?<!\w)" if _spaced(words[0][0]) else ""
    after = r"(?!\w)" if _spaced(words[-1][-1]) else ""
    return re.compile(before + body + after, re.IGNORECASE)


def _spaced(character: str) -> bool:
    """Whether the script of a character parts words by spaces (not Chinese, Japanese, Thai)."""
    return character.isalnum() and not ("\u0e00" <= character <= "\u0e7f" or character >= "\u2e80")


def _cleaner(key: Key, counted: Counter[str]) -> Callable[[Any], Any]:
    patterns = key.patterns()

    @cache
    def text(value: str) -> tuple[str, tuple[tuple[str, int], ...]]:
        found = []
        for pseudonym, pattern in patterns:
            value, count = pattern.subn(pseudonym.replace("\\", r"\\"), value)
            if count:
                found.append((pseudonym, count))
        for kind, pattern in IDENTIFIERS.items():
            value, count = pattern.subn(f"[{kind}]", value)
            if count:
                found.append((kind, count))
        return value, tuple(found)

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            cleaned, found = text(value)
            for what, count in found:
                counted[what] += count
            return cleaned
        if isinstance(value, list | tuple):
            return type(value)(clean(one) for one in value)
        if isinstance(value, Mapping):
            return {clean(name): clean(one) for name, one in value.items()} if value else value
        if is_dataclass(value) and not isinstance(value, type) and not _is_date(value):
            return replace(value, **{one.name: clean(getattr(value, one.name)) for one in fields(value)})
        return value

    return clean


def _is_date(value: Any) -> bool:
    return hasattr(value, "precision") or type(value).__name__ == "PartialDate"


def _table(table: Table[Any], clean: Callable[[Any], Any]) -> Table[Any]:
    columns = {one.name: [clean(value) for value in table.column(one.name)] for one in fields(table.row)}
    return Table(table.row, columns)


# -- profiles ----------------------------------------------------------------------------------------------------------


def _generalise(snapshot: Snapshot, names: Sequence[str], k: int) -> tuple[Snapshot, tuple[Generalised, ...]]:
    """Step by step, always the step that leaves the fewest cases alone; the profile of nobody is touched by hand."""
    ladders = {name: _ladder(snapshot, name) for name in names}
    at = dict.fromkeys(names, 0)

    def made(levels: Mapping[str, int]) -> Table[Case]:
        return Table.of(
            Case,
            [
                replace(
                    case,
                    attributes={
                        name: ladders[name][levels[name]][1](value) if name in ladders else value
                        for name, value in case.attributes.items()
                    },
                )
                for case in snapshot.cases
            ],
        )

    while alone(made(at), names, k):
        open_ones = [name for name in names if at[name] + 1 < len(ladders[name])]
        if not open_ones:
            break
        best = min(open_ones, key=lambda name: len(alone(made({**at, name: at[name] + 1}), names, k)))
        at[best] += 1
    changed = {name for name, level in at.items() if level}
    variables = tuple(
        replace(one, type="category", values=()) if one.name in changed else one for one in snapshot.study.variables
    )
    study = replace(snapshot.study, variables=variables)
    lost = tuple(Generalised(name, ladders[name][at[name]][0]) for name in names)
    return snapshot.replace(cases=made(at), study=study), lost


Step = tuple[str, Callable[[str], str]]


def _ladder(snapshot: Snapshot, name: str) -> list[Step]:
    """What a variable can become: as it is, coarser, left out."""
    variable = snapshot.study.variable(name) or Variable(name)
    steps: list[Step] = [("", lambda value: value)]
    texts = [case.attributes.get(name, "") for case in snapshot.cases]
    if variable.type in _NUMBERS:
        values = sorted(number for text in texts if (number := read_number(text)) is not None)
        steps += [(f"in {count} bands", _bands(values, count)) for count in (4, 2) if len(set(values)) > count]
    if variable.type == "country" and name != "home":  # the measures read the home as a country or not at all
        steps.append(("by continent", lambda value: scheme("continents-7").region(value.strip()) or ""))
    return [*steps, ("left out", lambda _: "")]


def _bands(values: Sequence[float], count: int) -> Callable[[str], str]:
    """Bands with about as many cases each, named by their ends."""
    cuts = sorted({values[len(values) * part // count] for part in range(1, count)} - {values[0]})
    edges = [values[0], *cuts]
    last = values[-1]

    def band(text: str) -> str:
        number = read_number(text)
        if number is None:
            return ""
        place = max((i for i, edge in enumerate(edges) if number >= edge), default=0)
        if place + 1 < len(edges):
            return f"{edges[place]:g} to below {edges[place + 1]:g}"
        return f"{edges[place]:g} to {last:g}"

    return band


# -- what was lost, and what was written -------------------------------------------------------------------------------


def changes_table(shared: Shared, lost: Sequence[tuple[str, str]] = ()) -> ReportTable:
    """What was done to the study before it left, without saying any name; ``lost`` are more (what, how much) pairs."""
    rows = [(f"replaced: {what}", f"{count} times") for what, count in sorted(shared.replaced.items())]
    rows += [("texts and documents of the sources", "left behind")]
    if not shared.keyed:
        rows += [("names of a key file", "none was given: only what the study itself declares was searched for")]
    rows += [(f"variable {one.variable}", one.steps or "as it was") for one in shared.generalised]
    if shared.public:
        rows += [("profiles of the cases", f"left as they are: {shared.public}")]
    rows += [
        (
            f"cases with a profile that fewer than {shared.k} share",
            f"{shared.alone_before} before, {shared.alone_after} now",
        ),
        *lost,
    ]
    return ReportTable(
        "confidentiality",
        "What was changed before this report left the study",
        (Column("What", heading=True), Column("How")),
        tuple((Cell(what), Cell(how)) for what, how in rows),
        notes=(
            "Computed from what is left: a measure or a construct that needs what was taken away is no data here. Dated "
            "events, printed figures and quotations can still single out a firm to somebody who knows the field: read them "
            "before you send this.",
        ),
    )


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that must not leave, in a file; ``what`` is the pseudonym or the kind of address, never the name."""

    file: str
    what: str


def leaks(folder: Path, key: Key | None = None) -> list[Leak]:
    """Search every file in a folder for the names of the key and for addresses; pictures are not read."""
    patterns = [*(key.patterns() if key else ()), *((kind, one) for kind, one in IDENTIFIERS.items())]
    found: dict[Leak, None] = {}
    searched: dict[str, list[str]] = {}  # most parts of a document are the same in every document
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = str(path.relative_to(folder))
        for text in (name, *_texts(path)):
            if text not in searched:
                searched[text] = [what for what, pattern in patterns if pattern.search(text)]
            found |= {Leak(name, what): None for what in searched[text]}
    return list(found)


def _texts(path: Path) -> Iterator[str]:
    """The words in a file as a reader sees them, and as they stand in it without markup."""
    if path.suffix == ".png":
        return
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                if part.endswith(".xml"):
                    yield _words(archive.read(part).decode("utf-8", "replace"))
        return
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    if path.suffix in (".html", ".svg"):
        yield _words(text)
    elif path.suffix == ".tex":
        yield re.sub(r"\\(?:[a-zA-Z]+\{\}|)", "", text)
    else:
        yield text


def _words(markup: str) -> str:
    """Without tags and style sheets; the texts of attributes stay, less the addresses that name a vocabulary."""
    text = re.sub(r"<style.*?</style>", " ", markup, flags=re.DOTALL)
    titles = " ".join(re.findall(r'(?:title|alt|aria-label|href)="((?!https?://(?:www\.w3|schemas)\.)[^"]*)"', text))
    return html.unescape(re.sub(r"<[^>]+>", " ", text) + " " + titles)
