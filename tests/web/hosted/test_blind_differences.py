"""Who codes blind gets the same answers, byte for byte, whether or not the others have coded.

Two servers hold the same study: on one of them nobody has coded but ``bela``, on the other everybody has, before her and
after her.  Every route that shows something is asked on both, with every one of its parameters; what differs would tell
her of the others' work.  What is *meant* to be the same for all (the codebook, claims, constructs, cases, sources, memos on
these, the members) is the same on both servers.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from crosscase.core import TABLES, Snapshot, Table
from crosscase.exchange.examples import example_folder
from crosscase.exchange.folder import read_folder
from crosscase.study import accepting, blindness, coding, longwork, memos
from crosscase.study.analyses.pages import run_and_keep
from crosscase.study.quotations import mark_quotations
from crosscase.study.workspace import Workspace
from web.hosted.team import Team, make_team
from web.hosted.test_permissions import DESCRIBED, ROUTES, resolved, sample

#: What a request carries, by the name of the parameter; some take several values in turn.
SAMPLES: dict[str, list[Any]] = {
    "source": ["alder-1"], "code": ["from_peers"], "case": ["Alder"], "coder": ["A"], "q": ["peers", "coded from_peers"],
    "words": ["coffee"], "of": ["from_peers"], "claim": ["C2"], "analysis": ["qca-learning"], "construct": ["peers"],
    "start": [1352], "end": [1487], "after": [0], "by": ["code"], "table": ["codings", "coders", "codes"],
    "second": ["by_doing"], "mark": ["power", "none"], "variable": ["installs"], "value": ["1"], "row": [1],
    "coding": ["alder-1.2"], "text": ["peers => fast_spread", "coffee"], "about": ["codings", "codes"],
    "author": ["cleo"], "unit": ["turn"], "rule": ["R401"], "rows": ["Alder"],
}  # fmt: skip

#: What the parameter ``id`` means, by the beginning of the path.
IDS = {
    "/source": ["alder-1"], "/case": ["Alder"], "/claim": ["C2", "C5"], "/analysis": ["qca-learning"], "/construct": ["peers"],
    "/row": ["alder-1.2", "cleo", "A", "from_peers", "m1"],
}  # fmt: skip

#: Passages of alder-1, and the codes that somebody gives them.
OWN = [(1352, 1487, "asking_peers"), (687, 838, "from_peers"), (100, 160, "by_doing"), (300, 360, "from_customers")]
THEIRS = [(100, 160, "by_doing"), (310, 350, "from_peers"), (900, 960, "from_customers")]


def without_others(whole: Snapshot) -> Snapshot:
    """The study in which nobody has coded, and nothing is on record that comes of codings."""
    gone = {"codings", "quotations"}
    kept: dict[str, list[Any]] = {
        "codings": [],
        "quotations": [],
        "coders": [],
        "stances": [one for one in whole.stances if not one.coding],
        "memos": [one for one in whole.memos if one.about_kind not in gone],
        "acceptances": [one for one in whole.acceptances if one.subject_kind not in gone],
        "analyses": [replace(one, result=None, inputs_hash="") for one in whole.analyses],
    }
    return whole.replace(**{name: Table.of(TABLES[name], rows) for name, rows in kept.items()})


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Team, Team]]:
    numbers = pytest.MonkeyPatch()
    numbers.setattr(blindness, "first_number", lambda: 1_000_000)  # else the two would begin at two moments
    folder = tmp_path_factory.mktemp("two")
    read = read_folder(example_folder("walkthrough"))
    made = []
    for name, snapshot in (("alone", without_others(read)), ("together", read)):
        team = make_team(folder / f"{name}.db")
        whole: Workspace = team.workspace("olga").whole
        head = replace(snapshot.study, extra={**snapshot.study.extra, "suggestions": "words"})
        whole.study.place.save(snapshot.replace(study=head), whole.snapshot, who="olga", what="the walkthrough")
        whole.catch_up()
        made.append(team)
    alone, together = made
    _others(together.workspace("olga").whole, "before")
    for team in made:
        _own(team)
    _others(together.workspace("olga").whole, "after")
    yield alone, together
    for team in made:
        team.close()
    numbers.undo()


def _others(whole: Workspace, when: str) -> None:
    for start, end, code in THEIRS if when == "before" else OWN[2:]:
        one = coding.code_passage(whole, "cleo", "alder-1", start, end, code, note=f"a note {when}")
        memos.add_memo(whole, "cleo", f"a memo {when} with coffee", kind="codings", about=one.coding.id)
        memos.add_memo(whole, "cleo", f"a memo {when} with peers", kind="quotations", about=one.quotation.id)
        version = whole.version("quotations", one.quotation.id)
        mark_quotations(whole, "cleo", [(one.quotation.id, version)], "power")
    moved = coding.code_passage(whole, "cleo", "alder-1", 1200, 1240 if when == "before" else 1250, "by_doing")
    coding.change_coding(whole, "cleo", moved.coding.id, moved.version, start=1352, end=1487)
    run_and_keep(whole, "olga", "qca-learning")
    longwork.ask_build(whole, "olga")
    if when == "before":
        accepting.accept_finding(whole, "cleo", "R301", "quotations", "cedar-2.5", "seen")


def _own(team: Team) -> None:
    bela = team.workspace("bela")
    made = [coding.code_passage(bela, "bela", "alder-1", *one) for one in OWN]
    memos.add_memo(bela, "bela", "my memo with coffee", kind="codings", about=made[0].coding.id)
    memos.add_memo(bela, "bela", "on a code", kind="codes", about="from_peers")


GETS = [path for method, path, _ in ROUTES if method == "GET"]


def requests_for(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A route asked with what it must have, and then with each thing besides that it may have."""
    parameters = DESCRIBED["paths"][path]["get"].get("parameters", [])
    values = {one["name"]: _values(one["name"], one["schema"], path) for one in parameters if one["in"] != "header"}
    must = [one["name"] for one in parameters if one.get("required") and one["in"] != "header"]
    for chosen in itertools.product(*(values[name] for name in must)):
        given = dict(zip(must, chosen, strict=True))
        yield _filled(path, parameters, given)
    first = {name: values[name][0] for name in must}
    for name in values:
        if name not in must:
            for value in values[name]:
                yield _filled(path, parameters, {**first, name: value})


def _values(name: str, schema: dict[str, Any], path: str) -> list[Any]:
    schema = resolved(schema)
    schema = next((resolved(one) for one in schema.get("anyOf", []) if one.get("type") != "null"), schema)
    if name == "id":
        return next((found for start, found in IDS.items() if path.startswith(start)), ["alder-1.2"])
    if "enum" in schema:
        return list(schema["enum"])
    if name in SAMPLES:
        return SAMPLES[name]
    if schema.get("type") == "boolean":
        return [True]
    return [sample(name, schema, path)]


def _filled(path: str, parameters: list[dict[str, Any]], given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    inside = {one["name"] for one in parameters if one["in"] == "path"}
    for name in inside:
        path = re.sub(r"\{" + name + r"(:path)?\}", str(given[name]), path)
    return path, {name: value for name, value in given.items() if name not in inside}


def told(answer: Any) -> str:
    """What an answer says: random ids by the order in which they stand, without the moment at which it was given."""
    content = answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in sorted(parts.namelist()))
    text = content.decode("utf-8", "replace")
    numbers: dict[str, str] = {}
    # declared: a passage keeps the id that it came with, also when somebody else had brought it in from a file
    text = re.sub(r"table=quotations&amp;id=[^\"&]+", "table=quotations&amp;id=PASSAGE", text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "TOKEN", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", lambda found: numbers.setdefault(found[0], f"id{len(numbers)}"), text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.+:Z]*", "MOMENT", text)
    headers = {name: value for name, value in answer.headers.items() if name not in ("content-length", "set-cookie")}
    return f"{answer.status_code} {headers}\n{text}"


@pytest.fixture(scope="module")
def belas(servers: tuple[Team, Team]) -> tuple[Any, Any]:
    return tuple(team.signed_in("bela") for team in servers)  # type: ignore[return-value]


@pytest.mark.parametrize("path", GETS)
def test_the_answers_are_the_same_with_and_without_the_work_of_others(
    servers: tuple[Team, Team], belas: tuple[Any, Any], path: str
) -> None:
    for url, query in requests_for(path):
        alone, together = (
            told(client.get(f"/s/{team.study}{url}", params=query)).splitlines()
            for team, client in zip(servers, belas, strict=True)
        )
        for mine, all in itertools.zip_longest(alone, together, fillvalue="(nothing)"):
            assert mine == all, (url, query)


#: What she may try to do with a passage, a memo or a finding of others, whose ids she guessed.
TRIES: list[tuple[str, str, dict[str, Any]]] = [
    ("PATCH", "/api/codings/alder-1.2", {"json": {"version": "1", "note": "mine", "after": 0}}),
    ("DELETE", "/api/codings/alder-1.2?version=1&after=0", {}),
    ("POST", "/memos/add", {"data": {"text": "mine", "kind": "codings", "about": "alder-1.2"}}),
    ("POST", "/memos/add", {"data": {"text": "mine", "kind": "coders", "about": "cleo"}}),
    ("POST", "/evidence/add", {"data": {"claim": "C2", "stance": "supports", "coding": "alder-1.2"}}),
    ("POST", "/findings/accept", {"data": {"rule": "R301", "kind": "quotations", "id": "cedar-2.5", "reason": "seen"}}),
    ("POST", "/findings/accept", {"data": {"rule": "R406", "kind": "study", "id": "", "reason": "seen"}}),
    ("POST", "/findings/withdraw", {"data": {"rule": "R301", "kind": "quotations", "id": "cedar-2.5"}}),
    ("POST", "/codebook/delete", {"data": {"code": "distributor_trusted", "version": "1"}}),
    ("POST", "/codebook/split", {"data": {"code": "from_peers", "name": "x", "reason": "y", "codings": ["alder-1.2"]}}),
    ("POST", "/quotations/mark", {"data": {"marked": "1:alder-1.1", "mark": "power"}}),
    ("POST", "/analysis/run", {"data": {"id": "qca-learning"}}),
]


@pytest.mark.parametrize(("method", "url", "given"), TRIES, ids=lambda value: str(value)[:40])
def test_what_is_tried_has_the_same_answer(
    servers: tuple[Team, Team], belas: tuple[Any, Any], method: str, url: str, given: dict[str, Any]
) -> None:
    answers = [
        told(client.request(method, f"/s/{team.study}{url}", headers={"x-crosscase-token": client.token}, **given))
        for team, client in zip(servers, belas, strict=True)
    ]
    assert answers[0][:1] == "4", "this was to be refused"
    assert answers[0] == answers[1]


def test_the_numbers_of_changes_count_nothing_of_others(team: Team) -> None:
    bela, whole = team.workspace("bela"), team.workspace("olga").whole
    client = team.signed_in("bela")
    url = f"/s/{team.study}/api/changes?after="
    before = client.get(f"/s/{team.study}/api/codings?source=S1").json()["seen"]
    theirs = coding.code_passage(whole, "cleo", "S1", 300, 345, "follow")
    memos.add_memo(whole, "cleo", "on it", kind="codings", about=theirs.coding.id)
    assert client.get(f"{url}{before}").json() == {
        "what": "", "seen": before, "reload": False, "codings": [], "gone": [], "codes": [], "codes_gone": [],
    }  # fmt: skip
    coding.code_passage(bela, "bela", "S1", 100, 140, "fair")
    after = client.get(f"{url}{before}").json()
    assert (after["seen"], len(after["codings"])) == (before + 1, 1)
    assert client.get(f"{url}{before - 1}").json()["reload"], "a number of before a restart is not known"
    whole.presence.enter("cleo", "S1")
    whole.presence.enter("bela", "S2")
    assert bela.people() == [("bela", "S2")]
    assert ("cleo", "S1") in whole.people()
