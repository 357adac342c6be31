"""Is the way in which a program counts positions found?  Invented projects, counted in every way, against what was selected.

    python benchmarks/refi_positions.py [REPETITIONS]

Texts of several scripts and kinds, with emoji early and later, stored with either line end, are selected in as people do: words,
sentences, lines, now and then with the space after them, a share of them beginning or ending inside a word.  Positions are counted by
encoding what stands before, not by the code under test.  Printed is how many projects were placed on the right words, refused
as not clear, and placed wrongly; the exit status is 1 when more than one in a hundred is wrong.  Interview PDFs are added when the
folder with the reference results is there (beside the repository, or in CROSSCASE_SHARED).
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from crosscase.exchange.refi import UnclearPositions  # noqa: E402
from crosscase.exchange.refi.choosing import choose  # noqa: E402
from crosscase.exchange.refi.positions import Ruler, Selection, Selections  # noqa: E402
from crosscase.exchange.sources import read_source  # noqa: E402

Span = tuple[int, int]

TEXTS = {
    "pauses": "Interviewer: How did you begin, uhm, I mean the first time?\n\nMaria: Well -- uh, we ... we knew nobody in Germany, so, er, "
    "I asked a client whom I trusted. He's brought us to a fair (in 2009), and that was our first order; 20% of sales!\n" * 10,
    "short": "I: How?\nM: By chance, at a fair in Köln. We trusted him.\nI: And then?\nM: We went to Ghana, then to Kenya and Peru.\n",
    "hebrew": "מראיין: איך התחלתם לייצא לחו״ל?\nמרואיין: לא הכרנו אף אחד בגרמניה, ולכן שאלנו לקוח שסמכנו עליו. הוא הביא אותנו ליריד.\n" * 12,
    "arabic": "المحاور: كيف بدأتم التصدير؟\nالمشارك: لم نكن نعرف أحدًا في ألمانيا، لذلك سألنا عميلًا كنا نثق به. أحضرنا إلى معرض في هانوفر.\n" * 12,
    "hindi": "साक्षात्कारकर्ता: आपने विदेश में कैसे शुरुआत की?\nप्रतिभागी: हम जर्मनी में किसी को नहीं जानते थे, इसलिए हमने एक ग्राहक से पूछा।\n" * 14,
    "chinese": "访谈者：你们是怎么开始出口的？\n受访者：国内市场很小，所以我们很早就出口了。德国客户很重要，他们介绍了新的客户。\n" * 20,
}  # fmt: skip
#: How many selections the sources of a project have.
PROJECTS = ([3], [10], [60], [1] * 6, [20, 1, 1, 1])
CARELESS = (0.0, 0.2, 0.4)
EMOJI = "😀🦊👍🎉"


def texts() -> dict[str, str]:
    shared = Path(os.environ.get("CROSSCASE_SHARED", ROOT.parent / "shared"))
    pages = {
        f"pdf {one.stem}": read_source(one).text[:20_000]
        for one in sorted((shared / "data" / "transcripts").glob("P[13].pdf"))
    }
    return TEXTS | pages


def position(text: str, place: int, units: str, line_end: int, mark: bool) -> int:
    before = text[:place].replace("\r\n", "\n")
    if line_end == 2 and "\r\n" in text:
        before = before.replace("\n", "\r\n")
    return (len(before.encode("utf-16-le")) // 2 if units == "utf-16" else len(before)) + mark


def decorated(text: str, draw: random.Random) -> str:
    """With an emoji after the third word and five elsewhere."""
    ends = [found.end() for found in re.finditer(r"\S+", text)]
    for place in sorted({ends[2], *draw.sample(ends, 5)}, reverse=True):
        text = f"{text[:place]} {draw.choice(EMOJI)}{text[place:]}"
    return text


def selected(text: str, draw: random.Random, careless: float) -> Span:
    """Words, a line, words without what stands after them, or with the space after them; or begun and ended inside a word."""
    unspaced = "。" in text
    words = [found.span() for found in re.finditer(r"[^，。：？\s]+[，。？]?" if unspaced else r"\S+", text)]
    first = draw.randrange(len(words))
    start, end = words[first][0], words[min(first + draw.choice((0, 1, 2, 4, 8, 20)), len(words) - 1)][1]
    manner = draw.random()
    if unspaced and manner < 0.4:
        start = min(end - 1, start + draw.randrange(4))
    elif manner < 0.25:
        start, line = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        end = len(text) if line < 0 else line - (text[line - 1] == "\r")
    elif manner < 0.45:
        while end > start + 1 and not text[end - 1].isalnum():
            end -= 1
    elif manner < 0.55 and text[end : end + 1] == " ":
        end += 1
    if draw.random() < careless:
        start = min(end - 1, start + draw.randrange(1, 4))
    if draw.random() < careless / 2:
        end = max(start + 1, end - draw.randrange(1, 3))
    return _outside_line_ends(text, start, end)


def _outside_line_ends(text: str, start: int, end: int) -> Span:
    """Nobody can select half of a line end."""
    return start + (text[start - 1 : start + 1] == "\r\n"), end - (text[end - 1 : end + 1] == "\r\n")


def outcome(text: str, counts: list[int], way: tuple[str, int, bool], careless: float, draw: random.Random) -> str:
    """What comes of one project; one program writes the line ends and the mark of all its files alike."""
    sources, truth = [], {}
    wide, marked = way[1] == 2 or draw.random() < 0.5, way[2] or draw.random() < 0.5
    for number, count in enumerate(counts):
        own = text[text.find("\n", draw.randrange(max(1, len(text) // 3))) + 1 :] if len(counts) > 1 else text
        if draw.random() < 0.5:
            own = decorated(own, draw)
        own = own.replace("\n", "\r\n") if wide else own
        spans = [one for _ in range(count) if (one := selected(own, draw, careless))[0] < one[1]]
        written = [Selection(*(position(own, place, *way) for place in span)) for span in spans]
        sources.append(Selections(str(number), own, written, mark=marked))
        truth[str(number)] = spans
    try:
        choices = choose(sources)
    except UnclearPositions:
        return "not clear"
    placed = {one.source: [Ruler(one.text, choices[one.source].convention).span(each) for each in one.selections]
              for one in sources if one.selections}  # fmt: skip
    return "right" if all(spans == truth[id] for id, spans in placed.items()) else "wrong"


def main(repetitions: int) -> int:
    draw, whole, given = random.Random(1), Counter[str](), texts()
    ways = [
        (units, line_end, mark) for units in ("code-points", "utf-16") for line_end in (1, 2) for mark in (False, True)
    ]
    print(f"{'careless':>8}  {'selections a source':20} {'right':>6} {'not clear':>10} {'wrong':>6}")
    for careless in CARELESS:
        for counts in PROJECTS:
            found = Counter(
                outcome(text, counts, way, careless, draw)
                for text in given.values()
                for way in ways
                for _ in range(repetitions)
            )
            shown = " ".join(map(str, counts))
            print(
                f"{careless:>8.0%}  {shown:20} {found['right']:>6} {found['not clear']:>10} {found['wrong']:>6}",
                flush=True,
            )
            whole += found
    print(", ".join(f"{count:,} {name} ({count / whole.total():.1%})" for name, count in whole.most_common()))
    return int(whole["wrong"] > whole.total() / 100)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
