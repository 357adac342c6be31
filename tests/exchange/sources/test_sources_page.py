"""The examples of docs/sources.md are run, and its limits are those of the program."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from crosscase.exchange.archive import MEGABYTE, Limits
from crosscase.exchange.sources import FORMATS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "sources.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("talk.txt").write_text(next(text for _, text in BLOCKS if text.startswith("Interview 3")), "utf-8")
    examples = [text for language, text in BLOCKS if language == "python"]
    names: dict[str, object] = {}
    exec(examples[0], names)
    assert capsys.readouterr().out == next(text for _, text in BLOCKS if text.startswith("4 turns"))
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for number, text in enumerate(examples[1:]):
        example = parser.get_doctest(text, names, f"example {number}", "sources.md", 0)
        failed, run = runner.run(example, clear_globs=False)
        assert run
        assert not failed, capsys.readouterr().out
        names = example.globs


def test_the_formats_and_limits() -> None:
    for suffix in FORMATS:
        assert f"`{suffix}`" in PAGE
    limits = Limits()
    for limit in (
        f"{limits.file_bytes // MEGABYTE} MB",
        f"{limits.characters // 10**6} million characters",
        f"{limits.members:,}\nmembers",
        f"{limits.unpacked_bytes // MEGABYTE:,} MB",
        f"{limits.part_bytes // MEGABYTE} MB for one part",
        f"{limits.ratio} times",
    ):
        assert limit in PAGE, limit
