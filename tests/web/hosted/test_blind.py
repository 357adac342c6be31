"""Who codes blind is shown nothing of what others coded, by any route; and their own work does not harm that of others."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest

from crosscase.core.errors import NotFoundError, PermissionDenied
from crosscase.study import coding, memos
from crosscase.study.workspace import Workspace
from web.hosted.team import Team
from web.hosted.test_permissions import ROUTES, request_for

NOTE, MEMO = "a note of another coder", "a memo on what another coded"


@pytest.fixture(scope="module")
def hidden(standing_team: Team) -> dict[str, str]:
    """What cleo coded, and what is about it."""
    whole: Workspace = standing_team.workspace("olga").whole
    made = coding.code_passage(whole, "cleo", "S1", 300, 345, "follow", note=NOTE)
    memo = memos.add_memo(whole, "cleo", MEMO, kind="codings", about=made.coding.id, title="Hidden title")
    return {
        "coding": made.coding.id, "quotation": made.quotation.id, "note": NOTE, "memo": MEMO, "title": "Hidden title",
        "memo id": memo.id,
    }  # fmt: skip


def words(answer: Any) -> str:
    """All text of an answer, also of one that is a zip."""
    content = answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    return str(content.decode("utf-8", "replace"))


def ask(team: Team, client: Any, method: str, path: str, known: dict[str, str]) -> str:
    """What a route answers, asked as it is and, where it takes an id, for what is hidden."""
    url, given = request_for(method, path)
    token = {"x-crosscase-token": client.token}
    texts = [words(client.request(method, f"/s/{team.study}{url}", headers=token, **given))]
    if "id" in given.get("params", {}):
        for id in (known["coding"], known["quotation"], known["memo id"]):
            for table in ("codings", "quotations", "memos"):
                params = {**given["params"], "id": id, "table": table, "coding": known["coding"]}
                answer = client.request(method, f"/s/{team.study}{url}", headers=token, **{**given, "params": params})
                texts.append(words(answer).replace(id, ""))  # what was asked for is said again
    return "\n".join(texts)


GETS = [(method, path) for method, path, _ in ROUTES if method == "GET" and path not in ("/trail", "/members")]


def test_no_route_shows_what_others_coded(standing_team: Team, hidden: dict[str, str]) -> None:
    bela, olga = standing_team.signed_in("bela"), standing_team.signed_in("olga")
    shown_to_others = set()
    for method, path in GETS:
        text = ask(standing_team, bela, method, path, hidden)
        assert [name for name, value in hidden.items() if value in text] == [], path
        text = ask(standing_team, olga, method, path, hidden)
        shown_to_others |= {path for value in hidden.values() if value in text}
    assert len(shown_to_others) > 4, "nothing was hidden that could have been seen"


def test_searches_and_changes_show_nothing(standing_team: Team, hidden: dict[str, str]) -> None:
    bela, olga = standing_team.signed_in("bela"), standing_team.signed_in("olga")
    base = f"/s/{standing_team.study}"
    for path in ("/search?q=another", "/api/changes?after=0", "/quotations?words=clients", "/memos", "/quotations.csv"):
        text = words(bela.get(base + path))
        assert [name for name, value in hidden.items() if value in text] == [], path
    assert MEMO in words(olga.get(f"{base}/memos"))
    assert bela.get(f"{base}/trail").status_code == 403
    assert bela.get(f"{base}/agreement").status_code == 403


def test_counts_are_of_own_codings(team: Team) -> None:
    bela, whole = team.workspace("bela"), team.workspace("olga").whole
    coding.code_passage(bela, "bela", "S1", 100, 140, "fair")
    from crosscase.study.codebook import tree
    from crosscase.study.overview import overview

    assert overview(bela).counts["codings"] == 1
    assert overview(bela).coders == ("bela",)
    assert sum(node.codings for node in tree(bela)) == 1
    assert sum(node.codings for node in tree(whole)) > 1
    assert len(bela.snapshot.codings) == len(bela.frozen().ledger.snapshot.codings) == 1
    assert all("k1" not in str(one) for one in bela.findings())


def test_a_passage_that_others_coded_keeps_its_one_quotation(team: Team) -> None:
    """Blind work runs on the whole study: it shares quotations that it does not see, and takes none away from others."""
    bela, whole = team.workspace("bela"), team.workspace("olga").whole
    theirs = coding.code_passage(whole, "cleo", "S1", 300, 345, "follow")
    mine = coding.code_passage(bela, "bela", "S1", 300, 345, "fair")
    assert mine.quotation.id == theirs.quotation.id
    assert [one.coding.coder for one in bela.codings_in("S1")] == ["bela"]
    coding.uncode(bela, "bela", mine.coding.id, mine.version)
    assert whole.placed(theirs.coding.id).quotation.id == theirs.quotation.id
    assert not bela.has("quotations", theirs.quotation.id)


def test_what_is_hidden_is_not_there_for_the_use_cases(team: Team) -> None:
    bela, whole = team.workspace("bela"), team.workspace("olga").whole
    theirs = coding.code_passage(whole, "cleo", "S1", 300, 345, "follow")
    with pytest.raises(NotFoundError) as refused:
        bela.placed(theirs.coding.id)
    assert theirs.coding.id not in refused.value.existing
    with pytest.raises(NotFoundError):
        coding.change_coding(bela, "bela", theirs.coding.id, theirs.version, note="x")
    with pytest.raises(PermissionDenied):
        bela.study.save(bela.snapshot, "would take the codings of others away")
    with pytest.raises(PermissionDenied):
        bela.study.audit()


def test_the_owner_decides_and_it_holds_at_once(team: Team) -> None:
    olga, bela = team.signed_in("olga"), team.signed_in("bela")
    url = f"/s/{team.study}/api/codings?source=S1"
    assert bela.get(url).json()["codings"] == []
    account = team.accounts.people.account(name="bela")
    assert account is not None
    olga.get(f"/s/{team.study}/members")
    olga.post(f"/s/{team.study}/members/change", data={"account": str(account.key), "role": "coder", "coder": "bela"})
    assert bela.get(url).json()["codings"]
