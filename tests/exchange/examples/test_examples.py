"""The shipped studies are complete, readable and what the published tables say."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from crosscase.core import Snapshot
from crosscase.core.errors import InputError, NotFoundError
from crosscase.exchange.examples import copy_example, example_folder, examples
from crosscase.exchange.folder import folder_files, read_folder

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def born_globals() -> Snapshot:
    return read_folder(example_folder("born-globals"))


def test_counts_are_those_of_the_paper(born_globals: Snapshot) -> None:
    # Yang & Stoian 2024: "40 managers of 33 BGs" (Section 3.3), Table 1, the labels and quotations of Table 3 and Section 4.
    counts = born_globals.counts()
    assert (counts["cases"], counts["participants"], counts["events"]) == (33, 40, 168)
    assert born_globals.study.interviews == counts["participants"]
    levels = Counter(born_globals.codes.column("level"))
    assert levels == {"concept": 22, "theme": 11, "dimension": 3}
    assert counts["codings"] == counts["quotations"] == 56
    assert Counter(born_globals.observations.column("measure")) == {
        "spread": 33,
        "diversification": 33,
        "intensity": 33,
    }


def test_a_firm_is_as_printed_in_table_1(born_globals: Snapshot) -> None:
    firm = born_globals.cases["BG2"]
    assert firm.attributes["interviewees"] == "Founder, co-founder"
    assert [(event.place, str(event.date)) for event in born_globals.events_of("BG2")] == [
        ("USA", "2016"),
        ("POL", "2016"),
        ("AUS", "2018"),
    ]
    printed = {one.measure: one.value for one in born_globals.observations.where(case="BG2")}
    assert printed == {"spread": "1.5", "diversification": "3", "intensity": "70%"}


def test_founding_and_observation_years_are_derived_from_table_1(born_globals: Snapshot) -> None:
    # BG 2: first entry 2016 in the 3rd year, so founded 2014; age 4, so observed until 2018.
    firm = born_globals.cases["BG2"].attributes
    assert (firm["founded"], firm["observed_until"]) == ("2014", "2018")
    for name in ("founded", "observed_until"):
        variable = born_globals.study.variable(name)
        assert variable is not None
        assert "not printed" in variable.label


def test_there_are_locators_and_no_words(born_globals: Snapshot) -> None:
    assert not born_globals.texts
    assert set(born_globals.quotations.column("text")) == {""}
    assert set(born_globals.quotations.column("locator")) == {"Table 3", "Section 4 text"}


def test_the_files_are_in_the_form_that_is_written(born_globals: Snapshot) -> None:
    folder = example_folder("born-globals")
    written = dict(folder_files(born_globals))
    assert written == {name: (folder / name).read_bytes() for name in written}
    assert {path.name for path in folder.iterdir()} == {*written, "README.md"}


def test_the_script_makes_the_folder_from_the_published_tables(shared: Path, born_globals: Snapshot) -> None:
    code = (
        "import sys; sys.path[:0] = ['src', 'tools']\n"
        "from make_born_globals import make; from pathlib import Path\n"
        "from crosscase.exchange.examples import example_folder; from crosscase.exchange.folder import folder_files\n"
        "folder = example_folder('born-globals')\n"
        "assert all((folder / name).read_bytes() == content for name, content in folder_files(make(Path(sys.argv[1]))))"
    )
    subprocess.run([sys.executable, "-c", code, str(shared / "data/published")], cwd=ROOT, check=True)


def test_a_copy_is_the_same_and_goes_nowhere_else(tmp_path: Path) -> None:
    copy = copy_example("born-globals", tmp_path / "new" / "study")
    assert read_folder(copy).counts() == read_folder(example_folder("born-globals")).counts()
    assert [path.name for path in copy.parent.iterdir()] == ["study"]
    with pytest.raises(InputError, match="is not empty"):
        copy_example("born-globals", copy)
    with pytest.raises(NotFoundError, match="born-globals"):
        copy_example("born-global", tmp_path / "other")


def test_examples_say_where_their_facts_come_from() -> None:
    assert all(example.citation and (example.folder / "README.md").is_file() for example in examples())
