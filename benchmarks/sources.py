"""Reading 500 generated transcripts, 17-18 million characters: half txt, half docx.  Prints seconds of processor time.

python benchmarks/sources.py

Then quotations looked up in one source of 200,000 characters.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import docx

from crosscase.exchange.sources import SourceText, read_source
from crosscase.text.matching import SourceIndex
from crosscase.text.offsets import Offsets

SOURCES, TURNS, WORDS = 500, 200, 28
VOCABULARY = (
    "we began to export because the market at home was small and our first client came through a fair in Germany then "
    "the association helped us with licences while competitors waited for years before they entered other countries "
    "growth needs people who know the language and trust partners abroad sometimes it failed and we learned from it"
)


def transcript(number: int) -> list[str]:
    """The paragraphs of one transcript."""
    chance = random.Random(number)
    words_known = VOCABULARY.split()
    paragraphs = [f"Interview {number}", f"Date: 2019-{number % 12 + 1:02d}-01", ""]
    for turn in range(TURNS):
        words = " ".join(chance.choices(words_known, k=max(3, int(chance.gauss(WORDS, 12)))))
        asks = turn % 2 == 0
        paragraphs.append(f"{'Interviewer' if asks else 'Participant'}: {words.capitalize()}{'?' if asks else '.'}")
    return paragraphs


def files() -> list[tuple[str, bytes]]:
    made = []
    for number in range(SOURCES):
        paragraphs = transcript(number)
        if number % 2:
            made.append((f"{number}.txt", "\r\n".join(paragraphs).encode()))
            continue
        document = docx.Document()
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
        file = io.BytesIO()
        document.save(file)
        made.append((f"{number}.docx", file.getvalue()))
    return made


@contextmanager
def timed(name: str) -> Iterator[None]:
    began = time.process_time()
    yield
    print(f"{name:<70}{time.process_time() - began:8.2f} s", flush=True)


def main() -> None:
    print("making the files …", flush=True)
    made = files()
    read: dict[str, list[SourceText]] = {".txt": [], ".docx": []}
    for suffix, sources in read.items():
        with timed(f"read {SOURCES // 2} {suffix} files and recognise their turns"):
            sources += [read_source(data, name) for name, data in made if name.endswith(suffix)]
    every = [source for sources in read.values() for source in sources]
    print(f"  ({sum(len(one.text) for one in every):,} characters, {sum(len(one.turns) for one in every):,} turns)")
    text = "\n".join(one.text for one in every[:6])[:200_000]
    chance = random.Random(0)
    starts = [chance.randrange(len(text) - 300) for _ in range(1000)]
    quotations = [text[start : start + 200].replace("\r\n", " ").replace("'", "’") for start in starts]
    with timed(f"prepare a source of {len(text):,} characters and find 1,000 quotations"):
        index = SourceIndex(text)
        found = [index.find(quotation).verbatim for quotation in quotations]
    print(f"  ({sum(found):,} found)")
    with timed("find the nearest passage of 100 quotations with changed words"):
        near = [
            index.find(quotation.replace(" and ", " or ").replace(" we ", " they ")) for quotation in quotations[:100]
        ]
    print(
        f"  ({sum(match.manner == 'near' for match in near)} near, {sum(match.verbatim for match in near)} unchanged)"
    )
    with timed("convert 100,000 positions to UTF-16 and back"):
        where = Offsets(text + "😀" * 1000)
        for position in range(100_000):
            where.from_utf16(where.to_utf16(position * 2))


if __name__ == "__main__":
    main()
