"""What every shipped study has to be: readable, in the form that is written, documented, reportable, and in our words."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from crosscase.core import Snapshot
from crosscase.exchange.examples import Example, copy_example, examples
from crosscase.exchange.folder import folder_files, read_folder
from crosscase.study import Study

ROOT = Path(__file__).resolve().parents[3]
NAMES = [example.name for example in examples()]
#: Made by a script: the example, the script, and whether it needs the csv files.
MADE = {
    "born-globals": ("make_born_globals", True),
    "learning-networks": ("make_learning_networks", True),
    "relationships": ("make_relationships", True),
    "it-services": ("make_it_services", False),
    "structural-models": ("make_structural_models", False),
}
#: So many words in a row that also stand in the literature are a sentence of others.
RUN = 12


@pytest.fixture(params=NAMES)
def example(request: pytest.FixtureRequest) -> Example:
    return next(one for one in examples() if one.name == request.param)


def test_all_six_are_there() -> None:
    assert NAMES == [
        "born-globals", "it-services", "learning-networks", "relationships", "structural-models", "walkthrough"
    ]  # fmt: skip


def test_reading_says_nothing_and_writing_gives_the_same_bytes(example: Example) -> None:
    remarks: list[str] = []
    snapshot = read_folder(example.folder, report=remarks.append)
    assert remarks == []
    for name, content in folder_files(snapshot):
        assert (example.folder / name).read_bytes() == content, name


def test_the_readme_says_what_is_derived(example: Example) -> None:
    readme = (example.folder / "README.md").read_text(encoding="utf-8")
    assert re.search(r"deriv", readme)
    assert (ROOT / "tools" / f"make_{example.folder.name}.py").is_file()
    assert f"tools/make_{example.folder.name}.py" in readme


def test_every_claim_can_be_read_and_named_cases_exist(example: Example) -> None:
    with Study.open(example.folder) as study:
        snapshot = study.snapshot
        assert study.ledger.constructs.problems == {}
        for verdict in study.claims():
            claim = verdict.claim
            assert set(claim.built_on) <= set(snapshot.cases.column("id"))
            if claim.expression and len(snapshot.cases) and claim.extra.get("known_from") != "abstract":
                assert verdict.problem == "", claim.id
        codings = set(snapshot.codings.column("id"))
        assert {one.coding for one in snapshot.stances if one.coding} <= codings


def test_a_report_is_built(example: Example, tmp_path: Path) -> None:
    with Study.open(copy_example(example.name, tmp_path / "study")) as study:
        built = study.build(tmp_path / "out")
    page = built.page.read_text(encoding="utf-8")
    assert study.head.title.split(":")[0].split("(")[0].strip() in page
    assert ("synthetic" in page.casefold()) == study.head.synthetic


@pytest.mark.parametrize("name", MADE)
def test_the_scripts_make_the_folders(name: str, request: pytest.FixtureRequest) -> None:
    script, needs = MADE[name]
    facts = str(request.getfixturevalue("shared") / "data/published") if needs else ""
    code = (
        "import sys; sys.path[:0] = ['src', 'tools']\n"
        f"from {script} import make; from pathlib import Path\n"
        "from crosscase.exchange.examples import example_folder; from crosscase.exchange.folder import folder_files\n"
        f"folder = example_folder('{name}')\n"
        "made = dict(folder_files(make(*map(Path, sys.argv[1:]))))\n"
        "assert {file: (folder / file).read_bytes() for file in made} == made"
    )
    subprocess.run([sys.executable, "-c", code, *([facts] if facts else [])], cwd=ROOT, check=True)


def test_no_sentence_of_the_literature_is_shipped(example: Example, shared: Path) -> None:
    known: set[int] = set()
    for text in (shared / "literature").glob("*.txt"):
        joined = re.sub(r"(\w)- ?\n?(\w)", r"\1\2", text.read_text(encoding="utf-8", errors="replace"))
        known.update(map(hash, runs(joined)))
    readme = (example.folder / "README.md").read_text(encoding="utf-8").splitlines()
    cited = {*runs(example.citation), *runs(" ".join(line for line in readme if line.startswith(">")))}
    for path in sorted(example.folder.rglob("*")):
        if path.is_file():
            found = [run for run in runs(path.read_text(encoding="utf-8")) if hash(run) in known]
            assert set(found) <= cited, path.name


def runs(text: str) -> list[tuple[str, ...]]:
    """All runs of :data:`RUN` words."""
    words = re.findall(r"[a-z0-9']+", text.lower())
    return [tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]


def test_published_studies_have_no_words_of_interviews(example: Example) -> None:
    snapshot: Snapshot = read_folder(example.folder)
    if not snapshot.study.synthetic:
        assert not snapshot.texts
        assert set(snapshot.quotations.column("text")) <= {""}
