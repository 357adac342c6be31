"""A study as Python sees it: open it, look at its tables, measure, check, build, and bring files in."""

from __future__ import annotations

import datetime
import getpass
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from crosscase.core import Acceptance, Case, Code, Coding, Event, PartialDate, Participant, Snapshot, Source, Table
from crosscase.core import Study as StudyHead
from crosscase.core.errors import InputError, NotFoundError
from crosscase.study.findings import Findings
from crosscase.study.places import SUFFIX, FolderPlace, Place, StorePlace, place_of

if TYPE_CHECKING:
    from crosscase.engines.agreement import Agreement, Disagreements
    from crosscase.engines.measures import MeasureTable
    from crosscase.engines.measures.reproduce import Reproduction
    from crosscase.evidence import Ledger
    from crosscase.evidence.briefs import Brief
    from crosscase.evidence.claims import Verdict
    from crosscase.reports import Report, ReportTable
    from crosscase.reports.privacy import Key
    from crosscase.store import Hit
    from crosscase.study.analyses import Analysed, Standing
    from crosscase.study.importing import Imported
    from crosscase.study.merging import MergeReport
    from crosscase.study.quotations import Quotations
    from crosscase.study.trail import Trail
    from crosscase.study.withdrawing import Removed

Progress = Callable[[int, int], None]


class Study:
    """An open study.

    >>> from crosscase import Study, copy_example
    >>> study = Study.open(copy_example("born-globals", tmp / "born-globals"))
    >>> study
    <Study 'Post-entry growth of born globals from China (published facts)': 33 cases, 168 events, 56 codings>
    >>> study.cases["BG2"].attributes["sector"]
    'Information technology'
    >>> study.measures(["spread"], cases=["BG2"])[0].value
    1.5
    """

    def __init__(self, place: Place, *, who: str = "") -> None:
        self.place = place
        #: Who makes the changes; in the audit trail.
        self.who = who or _user()

    @classmethod
    def open(cls, where: str | Path, *, who: str = "") -> Study:
        """Open a study file, a study folder or a database URL.

        Raises:
            StudyFileError: there is none, or it is not ours, damaged, or from a newer version.
            InputError: a file of the folder cannot be read; says file, row and column.
        """
        study = cls(place_of(where), who=who)
        try:
            study.snapshot  # noqa: B018 (a study that cannot be read fails here, not later)
        except BaseException:
            study.close()
            raise
        return study

    @classmethod
    def create(cls, where: str | Path, head: StudyHead | None = None, *, who: str = "") -> Study:
        """Make a new study: a file when the name ends in ``.crosscase``, in a database when it is a URL, else a folder.

        Raises:
            InputError: there is something at that place already.
        """
        name = str(where)
        path = Path(name).expanduser()
        if "://" in name:
            return cls(StorePlace.new(name, Snapshot(study=head or StudyHead(title="Study")), who or _user()), who=who)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise InputError("there is already something here", where=name, mend="choose another name")
        snapshot = Snapshot(study=head or StudyHead(title=path.stem))
        if path.suffix == SUFFIX:
            return cls(StorePlace.new(str(path), snapshot, who or _user()), who=who)
        from crosscase.exchange.folder import write_folder

        write_folder(snapshot, path)
        return cls(FolderPlace(path), who=who)

    def close(self) -> None:
        self.place.close()

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        counts = self.snapshot.counts()
        shown = ", ".join(
            f"{counts[name]} {name}" for name in ("cases", "events", "sources", "codings") if counts[name]
        )
        return f"<Study '{self.head.title}': {shown or 'empty'}>"

    # -- what is in it -------------------------------------------------------------------------------------------------

    @cached_property
    def snapshot(self) -> Snapshot:
        """The whole study in memory, as it stood when it was read."""
        return self.place.load()

    @cached_property
    def ledger(self) -> Ledger:
        """The snapshot with what follows from it."""
        from crosscase.evidence import Ledger

        return Ledger(self.snapshot)

    @property
    def head(self) -> StudyHead:
        """Title, question, stance, sampling rules, variables, guide."""
        return self.snapshot.study

    @property
    def cases(self) -> Table[Case]:
        return self.snapshot.cases

    @property
    def participants(self) -> Table[Participant]:
        return self.snapshot.participants

    @property
    def events(self) -> Table[Event]:
        return self.snapshot.events

    @property
    def sources(self) -> Table[Source]:
        return self.snapshot.sources

    @property
    def codes(self) -> Table[Code]:
        return self.snapshot.codes

    @property
    def codings(self) -> Table[Coding]:
        return self.snapshot.codings

    # -- what follows from it ------------------------------------------------------------------------------------------

    def measures(
        self, names: Iterable[str] = (), *, cases: Iterable[str] = (), all_definitions: bool = False
    ) -> MeasureTable:
        """The measures of the cases, each with its scheme, inputs, what was missing, and warnings.

        Args:
            names: the measures wanted; all when empty.
            cases: the cases wanted; all when empty.
            all_definitions: every definition of a measure on record, not only its first.
        """
        return self.ledger.measures(names, cases=cases, all_definitions=all_definitions)

    def reproduction(self, measure: str) -> Reproduction:
        """How many printed figures of a measure each definition gives, under study years around the declared one.

        >>> from crosscase import Study, copy_example
        >>> with Study.open(copy_example("born-globals", tmp / "b")) as study:
        ...     spread = study.reproduction("spread")
        >>> spread.best, spread.counts[spread.best], spread.compared
        ('entries/(T-t1)', 33, 33)

        Raises:
            NotFoundError: no figure of that measure is printed; lists those that are.
        """
        from crosscase.evidence import alternatives, printed_figures, reproduction

        if measure not in printed_figures(self.ledger):
            raise NotFoundError("measure with printed figures", measure, printed_figures(self.ledger))
        return reproduction(self.ledger, measure, alternatives(self.ledger, measure))

    def check(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Findings:
        """What the rules find.  ``select`` and ``ignore`` are codes or their beginnings (``R2``, ``R101``)."""
        from crosscase.checks import run

        return Findings(tuple(run(self.ledger, select, ignore)))

    def matrix(self, by: str = "code") -> ReportTable:
        """A cross-case table: ``code``, ``theme``, ``construct``, ``question`` or ``source-kind`` against the cases.

        Or ``together``, how often each two codes overlap, and ``growth``, which interview brought how many new codes.
        """
        from crosscase.evidence.saturation import growth
        from crosscase.reports import tables
        from crosscase.study.crosstables import together_table

        matrices = {
            "code": lambda: tables.case_by_code(self.snapshot),
            "theme": lambda: tables.case_by_code(self.snapshot, "theme"),
            "construct": lambda: tables.case_by_construct(self.ledger.constructs),
            "question": lambda: tables.question_matrix(self.snapshot),
            "source-kind": lambda: tables.triangulation(self.snapshot),
            "together": lambda: together_table(self.ledger, lambda one, other: "", most=None),
            "growth": lambda: tables.growth_table(growth(self.snapshot)),
        }
        if by not in matrices:
            raise NotFoundError("cross-case table", by, matrices)
        return matrices[by]()

    def quotations(self, query: str = "", *, sort: str = "place", descending: bool = False) -> Quotations:
        """The quotations that fit a query; all when it is empty.

        >>> from crosscase import Study, copy_example
        >>> with Study.open(copy_example("walkthrough", tmp / "q")) as study:
        ...     found = study.quotations("kind:interview and not case:Alder")
        >>> found[0].case
        'Birch'

        Args:
            query: see :mod:`crosscase.evidence.retrieval.query` for the language.
            sort: one of :data:`crosscase.study.quotations.ORDERS`.
            descending: the last first.

        Raises:
            ExpressionError: the query cannot be read; shows the place.
            NotFoundError: it names a code, case, variable … that is not there; lists those that are.
        """
        from crosscase.study.quotations import quotations

        return quotations(self.ledger, query, sort=sort, descending=descending)

    def claims(self) -> list[Verdict]:
        """The verdict on every claim: what is said and what is shown, case by case."""
        return [self.ledger.verdict(id) for id in self.snapshot.claims.column("id")]

    def brief(self, firm: str | Path, *, nearest: int = 5) -> Brief:
        """What the study has to say about a firm described in a toml file, which is no case of it.

        Raises:
            InputError: the file cannot be read, or has keys, countries or dates that mean nothing; lists all of them.
        """
        from crosscase.evidence.briefs import brief
        from crosscase.study.firm import read_firm

        return brief(self.ledger, read_firm(Path(firm).expanduser(), self.snapshot), nearest=nearest)

    def analyses(self) -> list[Standing]:
        """The saved analyses, each with its state: not run, current, stale, or it cannot be run."""
        from crosscase.study.analyses import standings

        return standings(self.ledger)

    def analyse(self, id: str) -> Analysed:
        """Run a saved analysis on the study as it is, and keep its result with the hash of its inputs.

        Raises:
            NotFoundError: no such analysis, or it names something that is not there.
            InputError, AnalysisError: its specification or the data do not allow it.
        """
        from crosscase.study.analyses import run, with_results

        done = run(self.ledger, id)
        if done.analysis != self.snapshot.analyses[id]:
            self.save(with_results(self.snapshot, [done]), f"analysis {id}")
        return done

    def agreement(
        self,
        unit: str = "turn",
        *,
        coders: Sequence[str] = (),
        sources: Sequence[str] = (),
        draws: int = 0,
        seed: int = 1,
        progress: Progress | None = None,
    ) -> tuple[Agreement, Disagreements]:
        """Agreement of coders for each code and overall, and the units on which they disagree.

        Args:
            unit: ``turn``, ``sentence`` or ``character``.
            coders: the coders to compare; all who coded when empty.
            sources: the sources to compare on; those that two coders coded when empty.
            draws: bootstrap draws for intervals; none when 0.
            seed: the seed of the draws.
            progress: called with the draws done and all of them.
        """
        from crosscase.engines.agreement import agreement, disagreements
        from crosscase.evidence.agreement import unit_codings

        codings = unit_codings(self.snapshot, unit, coders, sources)
        return agreement(codings, draws=draws, seed=seed, progress=progress), disagreements(codings)

    def search(self, query: str, *, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
        """Hits in sources, memos and the codebook: words, "a phrase", or the beginning of a word with a star.

        Words that were taken back are not found.
        """
        from crosscase.evidence.withdrawn import TakenBack

        hits = self.place.search(query, tuple(kinds) or ("sources", "memos", "codes"), limit)
        taken_back = TakenBack(self.snapshot)
        return [hit for hit in hits if hit.kind != "sources" or not taken_back.at(hit.id, hit.start)]

    def build(
        self,
        out: str | Path,
        *,
        readers: Literal["sharing", "team"] = "sharing",
        key: str | Path | None = None,
        passphrase: Callable[[], str] | None = None,
        k: int | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Write every table, every figure and the report into the folder ``out``.

        Args:
            out: a folder that is new, empty, or holds an earlier report (for the team: any folder).
            readers: ``sharing`` leaves out what must not leave the team: names, addresses, words that nobody agreed to see
                printed, and profiles that single out a firm; ``team`` holds everything.
            key: the key file with the names behind the pseudonyms, outside of the study folder; else the one that
                ``[privacy] key_file`` in study.toml names.
            passphrase: asked for the passphrase when the key file is sealed.
            k: how many cases share a profile at least; else as the study says, or 3.

        Raises:
            InputError: the key cannot be read, or a name is left in what was written; then nothing is kept.
        """
        place = Path(out).expanduser()
        if readers == "team":
            from crosscase.study.building import build

            return build(self.ledger, self.check(), place, progress=progress)
        from crosscase.study.sharing import build_for_sharing

        return build_for_sharing(self.ledger, self._names(key, passphrase), place, k=k, progress=progress)

    def _names(self, key: str | Path | None, passphrase: Callable[[], str] | None) -> Key | None:
        """The key file that was given, else the one that the study names; ``None`` when there is neither."""
        from crosscase.study.sharing import declared_key, read_key

        home = Path(self.place.name)
        file = Path(key).expanduser() if key is not None else declared_key(self.ledger, home)
        return read_key(file, home, passphrase) if file is not None else None

    # -- who did what --------------------------------------------------------------------------------------------------

    def audit(
        self, *, who: str = "", action: str = "", table: str = "", row: str = "", since: str = "", until: str = "",
        limit: int | None = None,
    ) -> Trail:  # fmt: skip
        """The latest changes, and whether the chain of all of them is whole.

        Args:
            who: only those of this person.
            action: only this kind: insert, update, delete, insert many, delete many, study, text, original.
            table: only what is in this table; with ``row``, the id of one row.
            since, until: days as 2026-11-22 (UTC), both included.
            limit: the most entries, the latest first.

        Raises:
            InputError: the study is a folder, which keeps no trail; or a day cannot be read.
            NotFoundError: no such table or action.
        """
        from crosscase.study.trail import Filter, trail

        return trail(self.place, wanted=Filter(who, action, table, row, since, until), limit=limit)

    def audit_supplement(self, out: str | Path, *, names: bool = False) -> Path:
        """Write the whole trail as a file that a reader can verify; see :mod:`crosscase.study.supplement`.

        Raises:
            InputError: the file exists or cannot be written, or the chain of the trail is broken.
        """
        from crosscase.study.supplement import write_supplement

        return write_supplement(self.place, Path(out).expanduser(), names=names)

    def backup(self, out: str | Path) -> Path:
        """Copy a study file, or dump the whole database it is in, while it is in use; the copy is checked.

        Raises:
            InputError: the study is a folder; copy the folder.
            StudyFileError: the copy cannot be written, or pg_dump is missing on a server.
        """
        store, _ = self.place.database()
        return store.backup(Path(out).expanduser())

    # -- words that must go --------------------------------------------------------------------------------------------

    def withdraw(self, *, participant: str = "", source: str = "", reason: str) -> Removed:
        """Take out for good what a participant said, or a whole source; see :mod:`crosscase.study.withdrawing`.

        Raises:
            InputError: not exactly one of the two is named, or there is no reason.
            NotFoundError: there is no such participant or source.
        """
        from crosscase.study.withdrawing import withdraw

        return self._forgetting(
            withdraw(self.place, self.snapshot, participant=participant, source=source, reason=reason, who=self.who)
        )

    def redact(self, source: str, spans: Sequence[tuple[int, int]], *, reason: str) -> Removed:
        """Put blocks over passages of a source for good; spans in code points, end exclusive.

        Raises:
            InputError: there is no reason, no text, or a span lies outside of it.
            NotFoundError: there is no such source.
        """
        from crosscase.study.withdrawing import redact

        return self._forgetting(redact(self.place, self.snapshot, source, spans, reason=reason, who=self.who))

    def _forgetting(self, removed: Removed) -> Removed:
        for name in ("snapshot", "ledger"):
            self.__dict__.pop(name, None)
        return removed

    # -- changes -------------------------------------------------------------------------------------------------------

    def import_files(
        self, files: Sequence[str | Path], *, progress: Progress | None = None, note: str = "", **options: Any
    ) -> list[Imported]:
        """Bring files in, each as a whole or not at all; see :func:`crosscase.study.importing.import_file`.

        ``note`` is added to what the trail says of each.
        """
        from crosscase.study.importing import import_file

        done: list[Imported] = []
        for number, file in enumerate(files):
            snapshot, imported = import_file(self.snapshot, Path(file).expanduser(), **options)
            if snapshot is not self.snapshot:
                self.save(snapshot, f"import of {imported.what}{note}")
            done.append(imported)
            if progress is not None:
                progress(number + 1, len(files))
        return done

    def export(
        self,
        form: str,
        out: str | Path,
        *,
        readers: Literal["sharing", "team"] = "sharing",
        key: str | Path | None = None,
        passphrase: Callable[[], str] | None = None,
        report: Callable[[str], None] | None = None,
    ) -> Path:
        """Write the study out: ``folder``, ``crosscase`` (a study file), ``qdpx`` (REFI-QDA), ``qdc`` (its codebook), ``archive``.

        ``readers``, ``key`` and ``passphrase`` are of the report in an archive, as in :meth:`build`.
        """
        from crosscase.study.exporting import export

        what = self._origin() if form == "crosscase" else "export"
        names = self._names(key, passphrase) if form == "archive" and readers == "sharing" else None
        return export(
            self.snapshot,
            form,
            Path(out).expanduser(),
            who=self.who,
            readers=readers,
            key=names,
            report=report,
            what=what,
        )

    def merge(self, other: str | Path, *, keep: bool = True) -> MergeReport:
        """Bring in what is new in a study file that was worked on elsewhere; without ``keep`` only say what that is.

        Raises:
            InputError: the study is a folder, which keeps no trail to merge by; or the file holds no study.
            StudyFileError: the file cannot be opened.
        """
        from crosscase.study.merging import merge_into
        from crosscase.study.workspace import Workspace

        path = Path(other).expanduser()
        report = merge_into(Workspace(self), self.who, path, path.name, keep=keep)
        for name in ("snapshot", "ledger"):
            self.__dict__.pop(name, None)
        return report

    def _origin(self) -> str:
        """What the first entry of an exported study file says; a merge finds by it where the two parted."""
        if isinstance(self.place, FolderPlace):
            return "export"
        from crosscase.study.merging import EXPORTED

        store, id = self.place.database()
        last = store.audit(id, limit=1, latest=True)
        return EXPORTED % (id, last[0].sequence, last[0].hash[:16]) if last else "export"

    def accept(self, rule: str, kind: str, id: str, reason: str) -> None:
        """Let a finding stand, with a written reason.

        Raises:
            InputError: the reason is empty.
            NotFoundError: no such finding; lists those there are.
        """
        if not reason.strip():
            raise InputError("a finding is accepted with a reason", mend="write why it may stand")
        findings = self.check(select=[rule])
        existing = [f"{one.rule}:{one.subject.kind}:{one.subject.id}" for one in findings]
        if f"{rule}:{kind}:{id}" not in existing:
            raise NotFoundError("finding", f"{rule}:{kind}:{id}", existing)
        today = datetime.date.today()
        kept = [
            one for one in self.snapshot.acceptances if (one.rule, one.subject_kind, one.subject) != (rule, kind, id)
        ]
        acceptance = Acceptance(
            f"{rule}:{kind}:{id}",
            rule,
            kind,
            id,
            reason.strip(),
            self.who,
            PartialDate(today.year, today.month, today.day),
        )
        self.save(
            self.snapshot.replace(acceptances=Table.of(Acceptance, [*kept, acceptance])),
            f"accept {rule} on {kind} {id}",
        )

    def save(self, snapshot: Snapshot, what: str) -> None:
        """Keep a changed snapshot; what was computed from the old one is forgotten."""
        self.place.save(snapshot, self.snapshot, who=self.who, what=what)
        for name in ("snapshot", "ledger"):
            self.__dict__.pop(name, None)
        self.__dict__["snapshot"] = snapshot


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
