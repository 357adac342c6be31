"""A study folder that was damaged anywhere is read or refused; nothing else comes out of the program."""

from __future__ import annotations

import shutil
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscase.core import Acceptance, Analysis, Claim, ClaimForm, ClaimVersion, Construct, Stance, Survey
from crosscase.core.errors import CrosscaseError
from crosscase.exchange.folder import read_folder, write_folder

PIECES = st.one_of(
    st.binary(max_size=4),
    st.sampled_from(
        [b",", b'"', b";", b"\n", b"[", b"]", b"[[", b"=", b"1", b"true", b'""', b"{}", b"\xff", b"-1", b"\\", b"#"]
    ),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_is_told_in_a_sentence(study, tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / "damaged"
    if not (tmp_path / "whole").exists():
        snapshot = read_folder(study())
        claim = Claim(
            "P1", "t", versions=(ClaimVersion("v1"),), forms=(ClaimForm("Abstract", "a => b"),), scope={"who": "x"}
        )
        snapshot = snapshot.replace(
            claims=snapshot.claims.with_rows([claim]),
            stances=snapshot.stances.with_rows([Stance("s1", "P1", "A", "c1")]),
            constructs=snapshot.constructs.with_rows([Construct("k", calibrate={"full": 1, "none": None})]),
            analyses=snapshot.analyses.with_rows([Analysis("a", specification={"x": [1]}, result={})]),
            surveys=snapshot.surveys.with_rows([Survey("w", columns={"q": (1.0, None)}, labels={"q": "Q"})]),
            acceptances=snapshot.acceptances.with_rows([Acceptance("a1", "R101", "cases", "A", "known")]),
        )
        write_folder(snapshot, tmp_path / "whole")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(tmp_path / "whole", folder)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    path = folder / data.draw(st.sampled_from(names))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 12)))
    path.write_bytes(content[:start] + data.draw(PIECES) + content[end:])
    try:
        read = read_folder(folder)
    except CrosscaseError:
        return
    write_folder(read, folder)
