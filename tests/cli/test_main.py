"""The program as a whole: help that is quick, errors that help, nothing undocumented, names that stay."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

import crosscase as package
from crosscase.cli import COMMANDS
from crosscase.cli import crosscase as group

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "fastapi",
    "pandas",
    "scipy",
    "numpy",
    "sqlalchemy",
    "lxml",
    "networkx",
    "sklearn",
    "statsmodels",
    "docx",
    "rich",
)


def commands(one: click.Command, path: tuple[str, ...] = ()):
    yield path, one
    if isinstance(one, click.Group):
        context = click.Context(one)
        for name in one.list_commands(context):
            yield from commands(one.get_command(context, name), (*path, name))


ALL = list(commands(group))


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom crosscase.cli import main\nassert main(['--help']) == 0\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\nassert not loaded, loaded"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")}, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_python_m_is_the_same():
    ran = subprocess.run(
        [sys.executable, "-m", "crosscase", "--version"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    assert ran.stdout.strip() == f"crosscase, version {package.__version__}"


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) or "crosscase" for path, _ in ALL])
def test_every_command_and_option_says_what_it_does(path, command):
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{' '.join(path)} {parameter.opts[0]} has no help"


def test_every_command_has_a_place_in_the_documentation():
    text = "\n".join(path.read_text() for path in (ROOT / "docs").rglob("*.md")) + (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"crosscase {name}" not in text] == []


def test_the_one_line_help_agrees_with_the_command():
    for name, (_, line) in COMMANDS.items():
        command = group.get_command(click.Context(group), name)
        first = " ".join(command.help.split("\n\n")[0].split())
        assert first.split()[0] == line.split()[0], name


def test_public_names_stay():
    assert sorted(package.__all__) == ["CrosscaseError", "Findings", "Study", "__version__", "copy_example"]
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError):
        package.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek", "x"], "did you mean 'check'"),
        (["check", "no-such-study"], "there is no such study"),
        (["check", str(ROOT / "README.md")], "Error"),
        (["check"], "Missing argument"),
        (["measures", "{example}", "--measure", "spred"], "did you mean 'spread'"),
        (["measures", "{example}", "--case", "BG99"], "there is no case 'BG99'"),
        (["check", "{example}", "--select", "X1"], "rule or family"),
        (["import", "{example}", "no-such-file.docx"], "there is no such file"),
        (["import", "{example}", "{example}/README.xyz"], "there is no file format"),
        (["audit", "{example}"], "keeps no audit trail"),
        (["export", "{example}", "--to", "folder", "{example}"], "already something"),
    ],
)
def test_what_cannot_be_done_is_said_and_how_to_mend_it(crosscase, example, arguments, said):
    ran = crosscase(*[one.replace("{example}", str(example)) for one in arguments])
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_an_interrupt_is_said_and_is_no_traceback(crosscase, example, monkeypatch):
    monkeypatch.setattr("crosscase.study.api.Study.check", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    ran = crosscase("check", example)
    assert ran.status == 2
    assert "Stopped" in ran.err


def test_errors_in_json_mode_leave_standard_output_empty(crosscase):
    ran = crosscase("check", "no-such-study", "--format", "json")
    assert (ran.status, ran.out) == (2, "")
    with pytest.raises(json.JSONDecodeError):
        json.loads(ran.out)
