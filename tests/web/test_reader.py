"""Reading and coding in a real browser."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crosscase.core import Source, Table, Turn, text_hash
from crosscase.store import open_store
from crosscase.study import coding
from web.conftest import Served, read, serve
from web.study import AWKWARD, INTERVIEW, opened, study_file, synthetic

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

#: What is painted: for each code's highlight the texts of its ranges.
PAINTED = """() => Object.fromEntries([...CSS.highlights].filter(([name]) => name.startsWith("code-")).map(([name, all]) =>
  [name, [...all].map((one) => { const range = document.createRange();
    range.setStart(one.startContainer, one.startOffset); range.setEnd(one.endContainer, one.endOffset);
    return range.toString(); })]))"""


def painted(page: Page) -> list[str]:
    return sorted(text for texts in page.evaluate(PAINTED).values() for text in texts)


def spans(served: Served, source: str = "S1") -> list[tuple[str, str, str]]:
    """The codings at the server: text, code, coder."""
    served.workspace.catch_up()
    return [(one.quotation.text, one.coding.code, one.coding.coder) for one in served.workspace.codings_in(source)]


def drag(page: Page, words: str) -> None:
    """Select words with the mouse."""
    box = page.evaluate(
        """(words) => { for (const run of document.querySelectorAll("[data-start]")) {
             const at = run.firstChild.data.indexOf(words);
             if (at < 0) continue;
             const range = document.createRange();
             range.setStart(run.firstChild, at); range.setEnd(run.firstChild, at + words.length);
             const rects = range.getClientRects(); const first = rects[0]; const last = rects[rects.length - 1];
             return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2]; } }""",
        words,
    )
    page.mouse.move(box[0] + 0.5, box[1])
    page.mouse.down()
    page.mouse.move(box[2], box[3], steps=4)
    page.mouse.up()


def saved(page: Page, words: str) -> None:
    page.wait_for_function("(words) => document.getElementById('status').textContent.includes(words)", arg=words)


def test_the_codings_are_painted_where_they_stand(page: Page, served: Served) -> None:
    read(page, served)
    assert painted(page) == sorted(text for text, *_ in spans(served))
    assert page.locator(".bar").count() == 3


def test_code_with_the_mouse_several_codes_at_once(page: Page, served: Served) -> None:
    read(page, served)
    drag(page, "never thought of Germany")
    assert page.evaluate("document.activeElement.id") == "code-filter"
    page.keyboard.type("chan")
    page.keyboard.press("Enter")
    saved(page, "coded as Chance order")
    page.keyboard.type("follow")
    page.keyboard.press("Enter")
    saved(page, "coded as Following")
    mine = [one for one in spans(served) if one[0] == "never thought of Germany"]
    assert sorted(one[1] for one in mine) == ["chance", "follow"]
    assert painted(page).count("never thought of Germany") == 2


def test_code_with_the_keyboard_alone(page: Page, served: Served) -> None:
    read(page, served)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    page.locator("#p1").focus()
    page.keyboard.press("ArrowDown")
    assert "It came by chance" in page.locator("#here").inner_text()
    page.keyboard.press("w")
    page.keyboard.press("e")
    assert page.locator("#selected").inner_text() == "It came by chance."
    page.keyboard.press("e")
    page.keyboard.press("e")
    assert page.locator("#selected").inner_text().endswith("English.")  # the whole turn
    page.keyboard.press("Shift+E")
    page.keyboard.press("c")
    page.keyboard.type("fol")
    page.keyboard.press("Enter")
    saved(page, "coded")
    page.keyboard.press("Escape")
    start, end = INTERVIEW.index("It came"), INTERVIEW.index("\nWe did not")
    assert (INTERVIEW[start:end], "follow", "ana") in spans(served)


def test_a_new_code_is_made_in_the_same_box(page: Page, served: Served) -> None:
    read(page, served)
    drag(page, "price list")
    page.keyboard.type("Language <i>barrier</i>")
    page.keyboard.press("Enter")
    saved(page, "coded as Language")
    assert ("price list", "language_i_barrier_i", "ana") in spans(served)
    assert "Language <i>barrier</i>" in page.locator("#here").inner_text()


def test_overlap_recode_ends_note_delete_undo_after_reload(page: Page, served: Served) -> None:
    read(page, served)
    before = spans(served)
    drag(page, "chance. A buyer")
    page.keyboard.type("trade")
    page.keyboard.press("Enter")
    saved(page, "coded")
    page.locator(".coding", has_text="chance. A buyer").get_by_role("button", name="Recode").click()
    page.keyboard.type("follow")
    page.keyboard.press("Enter")
    saved(page, "changed")
    assert ("chance. A buyer", "follow", "ana") in spans(served)
    drag(page, "A buyer in Hamburg")
    page.locator(".coding", has_text="chance. A buyer").get_by_role("button", name="Set ends").click()
    page.locator(".coding q", has_text=re.compile("^A buyer in Hamburg$")).wait_for()
    page.locator(".coding", has_text="A buyer in Hamburg").get_by_role("button", name="Note", exact=True).click()
    page.keyboard.type("a note")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".coding .note")
    read(page, served)
    for _ in range(4):
        page.locator("#status").evaluate("node => { node.textContent = '' }")
        page.keyboard.press("Control+z")
        saved(page, "undone")
    assert spans(served) == before
    assert painted(page) == sorted(text for text, *_ in before)
    page.keyboard.press("Control+Shift+z")
    saved(page, "done again")
    assert ("chance. A buyer", "fair", "ana") in spans(served)


WORDS = ("😀 How", "cafe\u0301s", "👩‍👩‍👧‍👦, we", "<b>Bern</b>", "القاهرة", "𝒲e also", "东京有一个")


def test_positions_are_the_same_on_both_sides(page: Page, served: Served) -> None:
    read(page, served, "S2")
    for words in WORDS:
        page.evaluate(
            """(words) => { for (const run of document.querySelectorAll("[data-start]")) {
                 const at = run.firstChild.data.indexOf(words);
                 if (at >= 0) getSelection().setBaseAndExtent(run.firstChild, at, run.firstChild, at + words.length); }
               document.getElementById("status").textContent = "";
               document.getElementById("text").focus(); }""",
            words,
        )
        page.wait_for_function("(words) => document.getElementById('selected').textContent === words", arg=words)
        page.keyboard.press("Enter")
        page.keyboard.type("chance")
        page.keyboard.press("Enter")
        saved(page, "coded")
    found = {one.quotation.text: one.quotation for one in served.workspace.codings_in("S2")}
    assert set(found) == set(WORDS)
    for words, quotation in found.items():
        start = AWKWARD.index(words)
        assert (quotation.start, quotation.end) == (start, start + len(words))
    assert painted(page) == sorted(WORDS)


def test_the_browser_converts_positions_as_the_server_does(page: Page, served: Served) -> None:
    """Every position of the awkward text, there and back, by the one module that knows both ways of counting."""
    from crosscase.text.offsets import Offsets

    where = Offsets(AWKWARD)
    units = [where.to_utf16(point) for point in range(len(AWKWARD) + 1)]
    found = page.evaluate(
        """async (text) => { const { toUnits, fromUnits, codePoints } = await import("/static/offsets.js");
             const all = [...Array(codePoints(text) + 1).keys()].map((point) => toUnits(text, point));
             return [all, all.map((unit) => fromUnits(text, unit)), fromUnits("a😀b", 2)]; }""",
        AWKWARD,
    )
    assert found == [units, list(range(len(AWKWARD) + 1)), 1]


def test_a_selection_over_paragraphs_counts_the_windows_line_ends(page: Page, served: Served) -> None:
    read(page, served, "S2")
    page.evaluate(
        """() => { const [first, second] = [document.querySelector("#p2 span:last-child").firstChild,
             document.querySelector("#p3 span:last-child").firstChild];
             getSelection().setBaseAndExtent(first, 0, second, 4); document.getElementById("text").focus(); }"""
    )
    page.wait_for_selector("#box:not([hidden])")
    page.keyboard.press("Enter")
    page.keyboard.type("chance")
    page.keyboard.press("Enter")
    saved(page, "coded")
    [(text, *_)] = spans(served, "S2")
    assert text.startswith("Fine")
    assert "\r\n\r\nFounder: " in text


def test_walk_to_what_is_uncoded_found_and_coded(page: Page, served: Served) -> None:
    read(page, served)
    page.locator("#p1").focus()
    page.keyboard.press("u")
    assert page.evaluate("document.activeElement.id") == "p7"
    page.fill("#find-words", "FAIR")
    assert page.locator("#find-count").inner_text() == "2 hits"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "p9"
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "p5"
    page.keyboard.press("d")
    assert page.locator("#dim").get_attribute("aria-pressed") == "true"


def test_ends_are_moved_by_keys(page: Page, served: Served) -> None:
    read(page, served)
    page.locator("#p2").click()
    page.locator(".coding", has_text="It came by chance").get_by_role("button", name="Set ends").click()
    assert page.locator("#box-title").inner_text() == "Move the ends"
    assert page.locator("#code-filter").is_hidden()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Alt+Shift+ArrowRight")
    assert page.locator("#selected").inner_text() == "came by chance. A buyer"
    page.keyboard.press("Alt+Shift+ArrowLeft")
    page.keyboard.press("Alt+Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".coding q", has_text="came by chance. A buyer").wait_for()
    assert ("came by chance. A buyer", "chance", "ana") in spans(served)
    page.locator(".coding", has_text="came by chance").get_by_role("button", name="Set ends").click()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Escape")  # leaves it as it was
    assert page.locator("#box").is_hidden()
    assert ("came by chance. A buyer", "chance", "ana") in spans(served)


def test_a_note_is_written_in_the_page_and_not_lost_when_it_is_refused(page: Page, served: Served) -> None:
    read(page, served)
    page.locator("#p2").click()
    page.get_by_role("button", name="Note", exact=True).click()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.type("<b>why</b> by chance?")
    coding.change_coding(served.workspace, "ben", "k1", served.workspace.placed("k1").version, note="another")
    page.keyboard.press("Control+Enter")
    page.locator("#trouble", has_text="note “another”").wait_for()
    assert page.locator("#here textarea").input_value() == "<b>why</b> by chance?"
    page.get_by_role("button", name="Keep note").click()
    page.locator("#here .note", has_text="<b>why</b> by chance?").wait_for()
    assert served.workspace.placed("k1").coding.note == "<b>why</b> by chance?"
    page.get_by_role("button", name="Note", exact=True).click()
    page.keyboard.press("Escape")
    assert page.locator("#here textarea").count() == 0


def test_one_code_is_walked_through(page: Page, served: Served) -> None:
    read(page, served)
    page.locator("#walk").select_option("fair")
    assert page.evaluate("document.activeElement.id") == "p5"
    assert "Growth abroad › How it begins › Trade fair" in page.locator(".coding.chosen").inner_text()
    assert page.locator("#walk option").all_inner_texts()[1:] == [
        "Growth abroad › How it begins",
        "Growth abroad › How it begins › Chance order",
        "Growth abroad › How it begins › Trade fair",
    ]


def test_the_guide_stands_above_its_answers_and_moves_no_place(browser: Browser, tmp_path: Path) -> None:
    made = synthetic()
    turns = [replace(one, question="1") if one.source == "S1" and one.number < 4 else one for one in made.turns]
    served = serve(opened(study_file(tmp_path / "g.crosscase", made.replace(turns=Table.of(Turn, turns)))))
    context = browser.new_context()
    page = context.new_page()
    try:
        page.goto(served.gate.link)
        read(page, served)
        assert page.locator(".guide").all_inner_texts() == [
            "Guide question 1: How did the first order from abroad come about?"
        ]
        assert painted(page) == sorted(text for text, *_ in spans(served))
    finally:
        context.close()
        served.stop()


def test_the_second_tab_is_shown_both_states(page: Page, served: Served) -> None:
    read(page, served)
    page.locator("#p2").click()
    page.wait_for_selector(".coding")
    one = served.workspace.placed("k1")
    page.evaluate("document.querySelector('.coding button[title^=Give]').click()")
    coding.change_coding(served.workspace, "ben", "k1", one.version, code="follow")
    page.locator("#here", has_text="Following clients").wait_for()  # it is shown as it comes, and still not overwritten
    page.keyboard.type("trade")
    page.keyboard.press("Enter")
    page.wait_for_selector("#trouble:not([hidden])")
    told = page.locator("#trouble").inner_text()
    assert "Trade fair" in told
    assert "Following clients" in told
    assert served.workspace.placed("k1").coding.code == "follow"
    page.locator("#here", has_text="Following clients").wait_for()


def test_a_replaced_source_is_not_coded_at_the_old_positions(page: Page, served: Served) -> None:
    page.route("**/api/events*", lambda route: route.abort())  # the tab has not heard of it yet
    read(page, served)
    with (
        open_store(served.study.place.name) as store,
        store.write(served.workspace.id, who="x", what="new text") as change,
    ):
        change.set_text("S1", "Another beginning. " + INTERVIEW)
    drag(page, "price list")
    page.keyboard.type("chance")
    page.keyboard.press("Enter")
    page.locator("#trouble", has_text="replaced").wait_for()
    page.locator("#p1", has_text="Another beginning.").wait_for()
    page.locator("#trouble", has_text="replaced").wait_for()  # still there after the page loaded itself again
    assert [one for one in spans(served) if one[1] == "chance"] == [("It came by chance.", "chance", "ana")]


def test_a_note_that_is_being_written_is_kept_when_the_source_is_replaced(page: Page, served: Served) -> None:
    read(page, served)
    page.locator("#p2").click()
    page.get_by_role("button", name="Note", exact=True).click()
    page.keyboard.type("half a thought")
    with (
        open_store(served.study.place.name) as store,
        store.write(served.workspace.id, who="x", what="new text") as change,
    ):
        change.set_text("S1", "Another beginning. " + INTERVIEW)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.locator("#trouble", has_text="may have been replaced").wait_for()
    assert page.locator("#here textarea").input_value() == "half a thought"


def test_a_lost_connection_is_said_and_nothing_is_lost_or_doubled(page: Page, served: Served) -> None:
    read(page, served)
    lost = {"times": 0}

    def answer_is_lost(route) -> None:
        """The first time the request does not arrive; the second time it does, and its answer is lost."""
        lost["times"] += 1
        if lost["times"] == 2:
            route.fetch()
        if lost["times"] <= 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/api/codings", answer_is_lost)
    drag(page, "the same night")
    page.keyboard.type("chance")
    page.keyboard.press("Enter")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "1 change waits in this tab" in page.locator("#trouble").inner_text()
    saved(page, "coded as Chance order")
    assert page.locator("#trouble").is_hidden()
    assert [one for one in spans(served) if one[0] == "the same night"] == [("the same night", "chance", "ana")]
    assert lost["times"] == 3


def test_markup_is_shown_as_text_everywhere(page: Page, served: Served) -> None:
    coding.code_passage(served.workspace, "<b>ana</b>", "S2", 13, 20, "evil", note="<script>alert(3)</script>")
    for path in ("/source?id=S2", "/source?id=S2&view=marks", "/sources", "/"):
        page.goto(served.url + path)
        assert page.locator("main script, main img, main b").count() == 0
    read(page, served, "S2")
    page.locator("#p1").click()
    assert "<script>alert(1)</script>" in page.locator("#here").inner_text()


def test_the_marked_view_and_its_print(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/source?id=S1&view=marks")
    assert page.locator("mark").all_inner_texts() == [
        "It came by chance.",
        "we went to ",
        "a fair in Cologne",
        "a fair in Cologne",
    ]
    page.emulate_media(media="print")
    assert page.locator(".side").is_hidden()
    assert page.locator("mark").first.is_visible()


def test_printing_prints_the_marked_view(page: Page, served: Served) -> None:
    page.add_init_script("window.print = () => { document.title = 'printed'; }")
    read(page, served)
    page.locator("#p2").click()
    page.keyboard.press("Control+p")
    page.wait_for_url("**view=marks*")
    page.wait_for_function("document.title === 'printed'")


def test_without_the_highlight_api_the_server_marks_up(page: Page, served: Served) -> None:
    page.add_init_script("delete globalThis.Highlight")
    page.goto(f"{served.url}/source?id=S1")
    page.wait_for_url("**view=marks")
    assert page.locator("mark").count() == 4


def test_coding_by_touch(browser: Browser, served: Served) -> None:
    context = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True)
    context.set_default_timeout(10_000)
    page = context.new_page()
    try:
        page.goto(served.gate.link)
        read(page, served)
        word = page.evaluate(
            """() => { const run = document.querySelector("#p7 [data-start]:not(.label)").firstChild;
                 const range = document.createRange();
                 range.setStart(run, 4); range.setEnd(run, 8);
                 const box = range.getBoundingClientRect();
                 return [box.left + box.width / 2, box.top + box.height / 2]; }"""
        )
        page.touchscreen.tap(*word)
        assert page.locator("#box").is_hidden()
        page.touchscreen.tap(*word)
        assert page.locator("#selected").inner_text() == "with"
        page.locator("#expand").tap()
        assert page.locator("#selected").inner_text() == "Not with a plan on paper."
        page.locator("#code-options li", has_text="Following").tap()
        saved(page, "coded as Following")
        assert ("Not with a plan on paper.", "follow", "ana") in spans(served)
    finally:
        context.close()


def test_a_source_of_five_million_characters_can_be_coded(browser: Browser, tmp_path: Path) -> None:
    line = "Founder: " + "We followed the clients where they opened. " * 9 + "\n"
    text = line * (5_000_000 // len(line) + 1) + "Founder: That was all there was.\n"
    snapshot = synthetic()
    sources = snapshot.sources.with_rows([Source("BIG", "b.txt", "archival", "F1", hash=text_hash(text))])
    file = study_file(
        tmp_path / "big.crosscase", snapshot.replace(sources=sources, texts={**snapshot.texts, "BIG": text})
    )
    served = serve(opened(file))
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    try:
        page.goto(served.gate.link)
        read(page, served, "BIG", more=f"#at={len(text) - 20}")
        drag(page, "all there was")
        page.keyboard.type("follow")
        page.keyboard.press("Enter")
        saved(page, "coded")
        assert spans(served, "BIG") == [("all there was", "follow", "ana")]
        page.get_by_role("link", name="Previous part").click()
        page.wait_for_selector("#text[data-ready=yes]")
        assert painted(page) == []
        page.locator("#walk").select_option("follow")  # on another part of the source
        page.wait_for_url("**walk=follow")
        page.wait_for_selector("#text[data-ready=yes]")
        assert painted(page) == ["all there was"]
        assert "all there was" in page.locator(".coding.chosen").inner_text()
    finally:
        context.close()
        served.stop()
