"""R5, claims: what they rest on, how they are worded, and whether data could speak against them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_

from crosscase.checks.common import count, refs, some
from crosscase.checks.construction import codebook_ties, exclusions, ties
from crosscase.checks.families.evidence import case_of_stance
from crosscase.checks.logic import Worlds, against, difference
from crosscase.checks.outcomes import compare
from crosscase.checks.registry import Report, rule
from crosscase.checks.wording import Wording
from crosscase.core import Analysis, Claim, Construct, Snapshot
from crosscase.core.conditions import Condition
from crosscase.core.countries import resolve
from crosscase.core.errors import CrosscaseError
from crosscase.core.expressions import Statement, parse
from crosscase.core.vocabulary import STANCES
from crosscase.engines.measures.regions import scheme
from crosscase.evidence import Ledger, attribute
from crosscase.evidence.analyses import chosen_cases, modelled
from crosscase.evidence.composed import expanded
from crosscase.evidence.parts import all_parts, parts_of

#: R507: fewer cases than this are a small sample for a claim about firms as such.
SMALL_SAMPLE = 50
#: Measures that are a state at one date; the others are rates, spells or patterns over time.
STATES = (
    "number_of_countries", "number_of_continents", "diversification", "intensity", "foreign_share", "transnationality_index",
    "degree_of_internationalization", "geographic_entropy", "geographic_blau", "home_region_orientation",
)  # fmt: skip
_WHAT_IT_IS = ("definition", "composition")
_NUMBERED = re.compile(r"(?:proposition|hypothesis|p|h)\W?\s*\d+\w?", re.IGNORECASE)
#: R502: a note says something when it has a word.
_WORD = re.compile(r"\w{2,}")
#: R506: how a question begins that has lost its mark.
_QUESTION = re.compile(
    r"(?:(?:how|why|where|when|who|what|which)\s+(?:\w+\s+)?)?(?:do|does|did|is|are|was|were|can|could|should|will|would|has)\s+"
    r"(?:the|a|an|these|those|their|its|it|they|we|you|our|small|young|such|\w+s)\b(?!.*[.])|to what extent\b|whether\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@rule("R501", "a claim without evidence", "error")
def without_evidence(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    for claim in live(ledger):
        if claim.type == "definition" or claim.text.strip().endswith("?"):
            continue  # a question (rule R506) has no evidence
        given = snapshot.stances.where(claim=claim.id)
        said = [one for one in given if _quotation(snapshot, one.coding) not in ledger.withdrawn]
        analysed = bool(snapshot.analyses.where(claim=claim.id)) or bool(claim.extra.get("sample"))
        analysed = analysed or any(snapshot.stances.where(claim=part) for part in parts_of(snapshot, claim.id))
        gone = [one.id for one in said if one.coding and one.coding not in snapshot.codings]
        gone += [one.id for one in said if not one.coding and not one.locator.strip()]
        if given and not said:
            message = "all evidence that was linked to it was withdrawn with its words"
            yield "claims", claim.id, message, refs("stances", (one.id for one in given))
        elif not said and not analysed:
            yield "claims", claim.id, "no evidence is linked to it, for or against", ()
        elif said and not analysed and all(one.stance in ("contradicts", "qualifies") for one in said):
            does = " or ".join(sorted({one.stance for one in said}))
            message = f"all evidence that is linked to it {does} it; none supports it"
            yield "claims", claim.id, message, refs("stances", (one.id for one in said))
        if unstated := [one.id for one in said if one.stance not in STANCES]:
            message = f"{count(len(unstated), 'piece')} of evidence without a stance: {some(unstated)}"
            yield "claims", claim.id, message, refs("stances", unstated)
        if gone:
            message = f"{count(len(gone), 'piece')} of evidence without a coding or a place: {some(gone)}"
            yield "claims", claim.id, message, refs("stances", gone)


@rule("R502", "contradicting evidence is not addressed")
def contradiction_not_addressed(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    for claim in live(ledger):
        said = snapshot.stances.where(claim=claim.id)
        discussed = " ".join(
            [
                str(claim.extra.get("rival", "")),
                *(one.text for one in snapshot.memos.where(about_kind="claims", about=claim.id)),
            ]
        )
        silent, spoken_of = [], set()
        for one in said:
            case = case_of_stance(snapshot, one.case, one.coding)
            if one.stance != "supports":
                spoken_of.add(case)
            if one.stance == "contradicts" and not _WORD.search(one.note) and not _mentions(discussed, case):
                silent.append(one.id)
        if silent:
            message = f"contradicted by {count(len(silent), 'piece')} of evidence, without a word about why it stands: {some(silent)}"
            yield "claims", claim.id, message, refs("stances", silent)
        shown = [
            row.case
            for row in ledger.verdict(claim.id).rows
            if row.group == "contradicting" and row.case not in spoken_of and not _mentions(discussed, row.case)
            and in_scope(ledger, claim, row.case)
        ]  # fmt: skip
        if shown:
            message = f"the constructs contradict it in {count(len(shown), 'case')} that no linked evidence speaks of: {some(shown)}"
            yield "claims", claim.id, message, refs("cases", shown)


@rule("R503", "a claim tested on the cases it was built from")
def tested_on_its_own_cases(ledger: Ledger) -> Iterator[Report]:
    for claim in live(ledger):
        own = set(claim.built_on)
        if not own or claim.type == "definition":
            continue
        rows = [
            row
            for row in ledger.verdict(claim.id).rows
            if (row.group != "silent" or row.said) and in_scope(ledger, claim, row.case)
        ]
        tests = [row.case for row in rows if row.case not in own]
        if rows and not tests:
            cases = [row.case for row in rows]
            yield (
                "claims",
                claim.id,
                (
                    f"every case that speaks for or against it is among the {len(own)} that it was built on ({some(cases)}); "
                    "these cannot count as its test"
                ),
                refs("cases", cases),
            )
        for analysis in ledger.snapshot.analyses.where(claim=claim.id):
            used = _cases_of(ledger, analysis)
            both = [case for case in used if case in own]
            if both and len(both) == len(used) < len(ledger.snapshot.cases):
                message = f"its analysis {analysis.id} uses only cases that it was built on: {some(both)}"
                yield "claims", claim.id, message, [f"analyses:{analysis.id}", *refs("cases", both)]


@rule("R504", "a claim that is true by construction", "error")
def true_by_construction(ledger: Ledger) -> Iterator[Report]:
    for claim in live(ledger):
        if claim.type == "definition":
            continue
        reasons, names = _never_against(ledger, claim)
        reasons += codebook_ties(ledger.snapshot, claim)
        if reasons:
            yield "claims", claim.id, "; ".join(reasons), refs("constructs", names)


@rule("R505", "the logical form differs between places")
def logical_form_differs(ledger: Ledger) -> Iterator[Report]:
    for claim in live(ledger):
        places = [
            ("the expression on record", claim.expression),
            *((form.where, form.expression) for form in claim.forms),
        ]
        forms = [(where, text, one) for where, text in places if (one := read(text)) is not None]
        differing: list[str] = []
        for where, text, statement in forms[1:]:
            _, _, main = forms[0]
            if (statement.connective, len(statement.terms)) != (main.connective, len(main.terms)):
                differing.append(f"{where} has '{text}', with another connective")
            elif (apart := difference(main, statement)) is not None:
                differing.append(f"{where} has '{text}'; the two part where {_world(apart[2])}")
        if differing:
            where, text, _ = forms[0]
            yield "claims", claim.id, f"{where} has '{text}'; {'; '.join(differing)}", ()


@rule("R506", "a definition or a question listed as a proposition")
def listed_as_proposition(ledger: Ledger) -> Iterator[Report]:
    wording = Wording.of(ledger.snapshot.study)
    questions = {_words(one.text) for one in ledger.snapshot.study.guide} | {_words(ledger.snapshot.study.question)}
    for claim in live(ledger):
        text = claim.text.strip()
        if text.endswith("?") or _QUESTION.match(text) or (text and _words(text) in questions):
            yield (
                "claims",
                claim.id,
                "is worded as a question; a question can be neither supported nor contradicted",
                (),
            )
            continue
        numbers = [claim.id, str(claim.extra.get("locator", "")), *(one.number for one in claim.versions)]
        listed = [number for number in numbers if _NUMBERED.fullmatch(number.strip())]
        defines = claim.type == "definition" or ":=" in claim.expression
        words = wording.found("definition", text)
        if defines and listed:
            message = f"is a definition and is numbered as a proposition ({listed[0]}); no case can contradict what a word means"
            yield "claims", claim.id, message, ()
        elif words and claim.type not in _WHAT_IT_IS and not defines:
            kind = f"of the type '{claim.type}'" if claim.type else "without a type"
            yield "claims", claim.id, f"is worded as a definition ('{words[0]}') and is on record {kind}", ()


@rule("R507", "no scope, or wider than the sample")
def scope_missing_or_wide(ledger: Ledger) -> Iterator[Report]:
    wording = Wording.of(ledger.snapshot.study)
    for claim in live(ledger):
        if claim.type == "definition":
            continue
        found = _scope_problems(ledger, claim, wording)
        if claim.type not in _WHAT_IT_IS:
            found += _wording_problems(ledger, claim, wording)
        if found:
            yield "claims", claim.id, "; ".join(found), ()


@rule("R508", "a claim dropped or renumbered between versions")
def dropped_or_renumbered(ledger: Ledger) -> Iterator[Report]:
    order = _versions(ledger)
    for claim in ledger.snapshot.claims:
        if not claim.versions:
            continue
        labels = [one.label for one in claim.versions]
        missing = [label for label in order[order.index(labels[0]) :] if label not in labels]
        ended = [one.label for one in claim.versions if one.status == "withdrawn"]
        dropped = [label for label in missing if not any(order.index(end) <= order.index(label) for end in ended)]
        if dropped and claim.status != "withdrawn":
            last = [label for label in labels if order.index(label) < order.index(dropped[0])][-1]
            message = f"is in '{last}' and not in '{dropped[0]}', and nothing says that it was withdrawn"
            yield "claims", claim.id, message, ()
        for before, after in zip(claim.versions, claim.versions[1:], strict=False):
            explained = {"renumbered", "withdrawn"} & {after.status, claim.status}
            if before.number and after.number and before.number != after.number and not explained:
                message = (
                    f"is {before.number} in '{before.label}' and {after.number} in '{after.label}', and its status does not "
                    "say that it was renumbered"
                )
                yield "claims", claim.id, message, ()


@rule("R512", "a claim worded otherwise without a word")
def reworded(ledger: Ledger) -> Iterator[Report]:
    for claim in ledger.snapshot.claims:
        texts = [one for one in claim.versions if one.text.strip()]
        for before, after in pairwise(texts):
            told = after.status in ("revised", "withdrawn") or claim.status == "withdrawn" or claim.extra.get("change")
            if _words(before.text) != _words(after.text) and not told:
                message = (
                    f"is worded otherwise in '{after.label}' than in '{before.label}', and its status does not say that it was "
                    "revised"
                )
                yield "claims", claim.id, message, ()
        last = claim.versions[-1] if claim.versions else None
        if last is not None and last.text.strip() and claim.text.strip() and _words(last.text) != _words(claim.text):
            message = f"its wording is not that of its last version, '{last.label}'"
            yield "claims", claim.id, message, ()


@rule("R513", "a compound claim whose parts do not add up")
def parts_do_not_add_up(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    numbers = {one.number for claim in snapshot.claims for one in claim.versions} - {""}
    for whole, parts in all_parts(snapshot):
        if whole not in snapshot.claims:
            if whole not in numbers and len(parts) < 2:
                yield (
                    "claims",
                    parts[0],
                    f"is a part of {whole}, which is no claim of the study and has no other part",
                    (),
                )
            continue
        if whole in parts:
            yield "claims", whole, "is said to be a part of itself", ()
            continue
        if (why := _not_together(snapshot, whole, parts)) and snapshot.claims[whole].status != "withdrawn":
            yield "claims", whole, why, refs("claims", parts)


@rule("R509", "a claim about change rests on a level at one date")
def change_from_one_date(ledger: Ledger) -> Iterator[Report]:
    snapshot = ledger.snapshot
    wording = Wording.of(snapshot.study)
    for claim in live(ledger):
        words = wording.found("change", claim.text)
        statement = read(claim.expression)
        if not words or statement is None or statement.connective in ("", ":="):
            continue
        outcome = Statement("", (statement.right,)).names()
        levels = [why for name in outcome if (one := snapshot.constructs.get(name)) and (why := _level(ledger, one))]
        if levels and len(levels) == len(outcome):
            message = f"speaks of change ('{words[0]}'); its outcome is a level at one date: {'; '.join(levels)}"
            yield "claims", claim.id, message, refs("constructs", outcome)


@rule("R510", "the outcome does not differ as the claim says")
def outcome_does_not_differ(ledger: Ledger) -> Iterator[Report]:
    for claim in live(ledger):
        statement = read(claim.expression)
        cases = [case for case in ledger.snapshot.cases.column("id") if in_scope(ledger, claim, case)]
        found = compare(ledger, claim, statement, cases) if statement is not None else None
        if found is None or found.as_claimed or found.undecided:
            continue
        test = found.difference
        g = "no g (nothing varies within the groups)" if test.hedges_g is None else f"Hedges' g {test.hedges_g:.2f}"
        how = "exact" if test.exact else f"{test.regroupings} regroupings"
        own = [case for case in (*found.present, *found.absent) if case in claim.built_on]
        built = f"; {len(own)} of these cases are those it was built on" if own else ""
        yield (
            "claims",
            claim.id,
            (
                f"the mean of {found.outcome.name} is {test.mean_a:.3g} in {count(test.n_a, 'case')} with {statement.left} "  # type: ignore[union-attr]
                f"and {test.mean_b:.3g} in {count(test.n_b, 'case')} without it: difference {test.difference:+.3g}, {g}, "
                f"Cliff's delta {test.cliffs_delta:+.2f}, permutation p = {test.p_value:.3f} ({how}){built}"
            ),
            refs("cases", (*found.present, *found.absent)),
        )


@rule("R511", "an expression that cannot be evaluated", "error")
def cannot_be_evaluated(ledger: Ledger) -> Iterator[Report]:
    for name, error in ledger.constructs.problems.items():
        yield "constructs", name, f"cannot be evaluated: {error}", ()
    for claim in live(ledger):
        latent = modelled(ledger, claim)  # the model answers, not the cases
        if claim.expression.strip() and not latent and (problem := ledger.verdict(claim.id).problem):
            yield "claims", claim.id, f"cannot be evaluated: {problem}", ()
        for form in claim.forms:
            try:
                parse(form.expression)
            except CrosscaseError as error:
                yield "claims", claim.id, f"its form in {form.where} cannot be read: {error}", ()


# -- helpers -----------------------------------------------------------------------------------------------------------


def live(ledger: Ledger) -> Iterator[Claim]:
    """The claims that were not withdrawn."""
    return (claim for claim in ledger.snapshot.claims if claim.status != "withdrawn")


def read(expression: str) -> Statement | None:
    """A statement, or ``None`` when there is none or it cannot be read (rule R511 says so)."""
    try:
        return parse(expression) if expression.strip() else None
    except CrosscaseError:
        return None


def in_scope(ledger: Ledger, claim: Claim, case: str) -> bool:
    """Whether a case is within the claim's scope: ``scope.rule``, a condition over variables and measures, is not false."""
    text = claim.scope.get("rule", "").strip()
    try:
        condition = Condition.parse(text) if text else None
    except CrosscaseError:
        return True
    return condition is None or condition.evaluate(lambda name: ledger.known(case, name)).holds is not False


def _quotation(snapshot: Snapshot, coding: str) -> str:
    row = snapshot.codings.get(coding) if coding else None
    return row.quotation if row is not None else ""


def _cases_of(ledger: Ledger, analysis: Analysis) -> list[str]:
    """The cases that an analysis is made on; none where its rows are not the cases, or it names cases that do not exist."""
    if "survey" in analysis.specification:
        return []
    try:
        return chosen_cases(ledger, analysis, "")
    except CrosscaseError:
        return []


def _words(text: str) -> str:
    """A text without its punctuation, spacing and capitals."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _not_together(snapshot: Snapshot, whole: str, parts: Sequence[str]) -> str:
    """Why the parts of a claim do not say what it says; empty when they do, or when it cannot be told."""
    statement = read(snapshot.claims[whole].expression)
    pieces = [read(snapshot.claims[part].expression) for part in parts]
    if statement is None or None in pieces or statement.connective == ":=":
        return ""
    known = [piece for piece in pieces if piece is not None and piece.connective != ":="]
    worlds = Worlds.over([term for one in (statement, *known) for term in one.terms])
    if worlds is None or len(known) < len(pieces):
        return ""
    of_parts = reduce(or_, (against(worlds, piece) for piece in known))
    if missed := against(worlds, statement) & ~of_parts:
        return f"its parts {some(parts)} do not say all that it says: nothing in them goes against {_world(worlds.example(missed))}"
    return ""


def _never_against(ledger: Ledger, claim: Claim) -> tuple[list[str], list[str]]:
    """Why no values of the constructs could contradict the expression, and the constructs that are tied."""
    statement = read(claim.expression)
    statement = expanded(ledger.snapshot, statement) if statement is not None else None
    worlds = Worlds.over(statement.terms) if statement is not None and statement.connective != ":=" else None
    if statement is None or worlds is None:
        return [], []
    if not against(worlds, statement):
        return [f"no data could contradict '{claim.expression}': it is true of whatever is found"], []
    found = [tie for tie in ties(ledger.snapshot, statement) if {*tie[:2]} <= set(worlds.atoms)]
    never = [one for one in exclusions(ledger.snapshot, statement) if {name for name, _ in one[0]} <= set(worlds.atoms)]
    left = worlds.given(tie[:2] for tie in found).without(never for never, _ in never)
    if not (found or never) or against(left, statement):
        return [], []
    why = "; ".join([*(reason for *_, reason in found), *(reason for _, reason in never)])
    names = list(
        dict.fromkeys([name for tie in found for name in tie[:2]] + [name for one, _ in never for name, _ in one])
    )
    return [f"no data could contradict '{claim.expression}' as its constructs are made: {why}"], names


def _mentions(text: str, case: str) -> bool:
    return bool(case) and re.search(rf"(?<![\w-]){re.escape(case)}(?![\w-])", text) is not None


def _world(world: object) -> str:
    assert isinstance(world, dict)
    return ", ".join(f"{name} is {'present' if holds else 'absent'}" for name, holds in world.items())


def _scope_problems(ledger: Ledger, claim: Claim, wording: Wording) -> list[str]:
    found = []
    missing = [key for key in ("who", "where", "when") if not claim.scope.get(key, "").strip()]
    if missing:
        found.append(f"its scope does not say {', '.join(missing[:-1]) + ' and ' if missing[:-1] else ''}{missing[-1]}")
    cases = ledger.snapshot.cases.column("id")
    if not cases:
        return found  # a claim known from a paper: its sample is not here to compare with
    for key in ("who", "where", "when"):
        if words := wording.found("everywhere", claim.scope.get(key, "")):
            found.append(f"its scope says '{words[0]}' ({key}); the sample is {count(len(cases), 'case')}")
    homes = {str(attribute(ledger.snapshot, case, "home") or "") for case in cases}
    if "" not in homes:
        outside = [name for name, alpha3 in _countries(claim.scope.get("where", "")) if alpha3 not in homes]
        if outside:
            found.append(f"its scope names {some(outside)}; no case is from there")
        found += _regions_too_wide(claim.scope.get("where", ""), homes)
    last = _last_year(ledger)
    years = [int(year) for year in _YEAR.findall(claim.scope.get("when", ""))]
    if last is not None and years and max(years) > last:
        found.append(f"its scope reaches to {max(years)}; nothing was observed after {last}")
    return found


def _regions_too_wide(where: str, homes: set[str]) -> Iterator[str]:
    """Continents that a scope names although no case, or cases of one country only, are from there."""
    continents = scheme("continents-7")
    for region in continents.regions:
        if re.search(rf"\b{re.escape(region)}\b", where, re.IGNORECASE):
            there = {home for home in homes if continents.region(home) == region}
            if not there:
                yield f"its scope names {region}; no case is from there"
            elif len(there) == 1 and len(homes) == 1:
                yield f"its scope names {region}; all cases are from {there.pop()}"


def _wording_problems(ledger: Ledger, claim: Claim, wording: Wording) -> Iterator[str]:
    cases = len(ledger.snapshot.cases)
    if not 0 < cases < SMALL_SAMPLE or wording.found("hedge", claim.text):
        return
    sample = f"the sample is {count(cases, 'case')}"
    if words := wording.found("universal", claim.text):
        yield f"'{words[0]}' claims more than was studied; {sample}"
        return
    subjects, verbs = wording.found("generic", claim.text), wording.found("present", claim.text)
    if subjects and verbs and not wording.found("past", claim.text):
        yield f"'{subjects[0]} … {verbs[0]}' states it of the kind, in the present tense; {sample}"


def _countries(text: str) -> Iterator[tuple[str, str]]:
    """The countries that a scope names, by name; what is no country is passed over."""
    for part in re.split(r"[,;/]|\band\b|\bor\b", text):
        name = part.strip().removeprefix("the ")
        if len(name) < 3:
            continue
        try:
            yield name, resolve(name).alpha3
        except CrosscaseError:
            continue


def _last_year(ledger: Ledger) -> int | None:
    """The last year that anything on record reaches to."""
    years = [history.observed_until for history in ledger.histories.values() if history.observed_until is not None]
    for table, name in (("events", "date"), ("observations", "date"), ("sources", "date")):
        years += [date.year for date in ledger.snapshot.table(table).column(name) if date is not None]
    return max(years, default=None)


def _versions(ledger: Ledger) -> list[str]:
    """The labels of all versions, in an order that every claim's own order agrees with as far as they agree."""
    order: list[str] = []
    for claim in ledger.snapshot.claims:
        place = 0
        for one in claim.versions:
            if one.label in order:
                place = order.index(one.label) + 1
            else:
                order.insert(place, one.label)
                place += 1
    return order


def _level(ledger: Ledger, construct: Construct) -> str:
    """Why a construct is a level at one date; empty when it is not, or cannot be told."""
    snapshot = ledger.snapshot
    if construct.drawn_from == "survey":
        return f"{construct.id} is a scale of one survey"
    if construct.drawn_from not in ("variable", "measure"):
        return ""
    for name in construct.of:
        variable = snapshot.study.variable(name)
        if name not in STATES and (variable is None or variable.type not in ("number", "integer", "percent")):
            return ""
        if variable is not None and variable.extra.get("change"):
            return ""  # the study says that the variable is itself a change
        dates: dict[str, set[int]] = {}
        for one in snapshot.observations.where(measure=name):
            if one.date is not None:
                dates.setdefault(one.case, set()).add(one.date.year)
        if any(len(years) > 1 for years in dates.values()):
            return ""
    return f"{construct.id} is drawn from {', '.join(construct.of)}, of which each case has one figure"
