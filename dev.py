#!/usr/bin/env python3
"""Set Crosscase up and work on it, with nothing but Python on the machine.

    python3 dev.py run       make the environment and run the main job on the shipped example
    python3 dev.py test      run the tests, file by file on every core (arguments go to pytest; -n0: one after the other)
    python3 dev.py check     lint, types, import contracts, weak spots (bandit), lock files
    python3 dev.py audit     known vulnerabilities of what is installed, where the package index tells them
    python3 dev.py docs      build the documentation into docs/_build/html
    python3 dev.py bench     run the benchmarks (arguments are names of files in benchmarks/)
    python3 dev.py lock      bring the lock files up to date with pyproject.toml

The environment is made in .venv, with uv when it is there and works, else with pip.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"run": ROOT / "requirements" / "run.lock", "dev": ROOT / "requirements" / "dev.lock"}


def main(arguments: list[str]) -> int:
    commands = {"run": run, "test": test, "check": check, "audit": audit, "docs": docs, "bench": bench, "lock": lock}
    if not arguments or arguments[0] not in commands:
        print(__doc__)
        return 0 if arguments[:1] in ([], ["-h"], ["--help"], ["help"]) else 2
    if sys.version_info < (3, 11):  # noqa: UP036 (this file is run by whatever Python there is)
        print(f"Crosscase needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except subprocess.CalledProcessError as error:
        print(f"\nThis step failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return error.returncode or 1
    except KeyboardInterrupt:
        return 130


def run(arguments: list[str]) -> int:
    """The main job on the shipped example."""
    prepare("run")
    if arguments:
        return call("-m", "crosscase", "demo", *arguments)
    folder = ROOT / "build" / "born-globals"
    shutil.rmtree(folder, ignore_errors=True)
    return call("-m", "crosscase", "demo", str(folder))


def test(arguments: list[str]) -> int:
    prepare("dev")
    return call("-m", "pytest", "-n", "auto", "--maxprocesses", "8", "--dist", "loadfile", *arguments)


def check(arguments: list[str]) -> int:
    prepare("dev")
    steps = [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports",),
        ("bandit", "-q", "-r", "src", "-c", "pyproject.toml", "-ll"),
    ]
    failed = [step for step in steps if subprocess.call([BIN / step[0], *step[1:]], cwd=ROOT, env=environment())]
    failed += [("lock",)] if locks_are_stale() else []
    for step in failed:
        print(f"failed: {' '.join(step)}", file=sys.stderr)
    return 1 if failed else 0


def audit(arguments: list[str]) -> int:
    """Known vulnerabilities.  Not every index tells them; where none are told, that is said and is no failure."""
    prepare("dev")
    told = subprocess.run(
        [BIN / "pip-audit", "-f", "json", "--progress-spinner", "off"], cwd=ROOT, capture_output=True, text=True
    )
    try:
        found = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError):
        found = []
    audited = [one for one in found if "skip_reason" not in one]
    for one in audited:
        for known in one["vulns"]:
            say(
                f"{one['name']} {one['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version'}"
            )
    say(
        f"{len(audited)} of {len(found)} packages were audited"
        + ("" if audited else ": the index tells nothing of vulnerabilities")
    )
    return int(any(one["vulns"] for one in audited))


def docs(arguments: list[str]) -> int:
    prepare("dev")
    return call("-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build/html", *arguments)


def bench(arguments: list[str]) -> int:
    prepare("dev")
    names = arguments or sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if path.stem[0] != "_")
    return max(call(str(ROOT / "benchmarks" / f"{name}.py")) for name in names)


def lock(arguments: list[str]) -> int:
    prepare("dev")
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    options += ["--no-annotate", "--no-header", "-q"]
    compile_ = [uv() or "uv", "pip", "compile", "pyproject.toml", *options]
    groups = ["--extra", "postgres", "--extra", "oidc", "--group", "test", "--group", "lint", "--group", "docs"]
    subprocess.check_call([*compile_, "-o", LOCKS["run"]], cwd=ROOT, stdout=subprocess.DEVNULL)
    subprocess.check_call(
        [*compile_, *groups, "-c", LOCKS["run"], "-o", LOCKS["dev"]], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    for path in LOCKS.values():
        path.write_text(f"# pyproject.toml {pyproject_hash()}\n" + path.read_text())
    return 0


def call(*arguments: str) -> int:
    return subprocess.call([PYTHON, *arguments], cwd=ROOT, env=environment())


def environment() -> dict[str, str]:
    """Ours.  Compiled modules are kept beside the packages: many a test starts Python, which would compile them each time."""
    kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(VENV / "pycache")}
    return {**os.environ, **kept, "VIRTUAL_ENV": str(VENV), "PYTHONPATH": str(ROOT / "src")}


def pyproject_hash() -> str:
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()[:16]


def locks_are_stale() -> bool:
    """Whether pyproject.toml has changed since the lock files were made."""
    return any(pyproject_hash() not in path.read_text().split("\n", 1)[0] for path in LOCKS.values())


def uv() -> str | None:
    """The uv to use: that of the environment, else one on the path, when it runs."""
    for found in (shutil.which("uv", path=str(BIN)), shutil.which("uv")):
        if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
            return found
    return None


def prepare(what: str) -> None:
    """Make the environment, or bring it up to date; nothing is done when it holds what the lock file says."""
    lock_file = LOCKS[what]
    stamp = VENV / f"installed-{what}"
    wanted = hashlib.sha256(lock_file.read_bytes()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        say("making the environment in .venv")
        try:
            venv.create(VENV, with_pip=True, clear=VENV.exists())
        except subprocess.CalledProcessError:
            raise SystemExit(
                "Python's venv module could not put pip into the environment.\n"
                "On Debian or Ubuntu: apt-get install python3-venv; then run this again."
            ) from None
    say(f"installing what {lock_file.relative_to(ROOT)} names")
    tool = uv()
    done = tool is not None and not subprocess.call(
        [tool, "pip", "install", "-q", "--require-hashes", "-r", lock_file], cwd=ROOT, env=environment()
    )
    if not done:
        subprocess.check_call(
            [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", lock_file],
            cwd=ROOT,
        )
    source = VENV / "lib" if os.name == "nt" else next((VENV / "lib").glob("python3*"))
    (source / "site-packages" / "crosscase.pth").write_text(str(ROOT / "src") + "\n")
    (BIN / "crosscase").write_text(f"#!{PYTHON}\nimport sys\n\nfrom crosscase.cli import main\n\nsys.exit(main())\n")
    (BIN / "crosscase").chmod(0o755)
    stamp.write_text(wanted)


def say(text: str) -> None:
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
