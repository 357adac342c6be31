"""A small study folder, written by hand as a researcher would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "study.toml": """
title = "Four firms"
question = "Why so fast?"
note = "kept"
[[sampling]]
id = "S1"
rule = "years_to_internationalization <= 3"
[observation]
until = 2020
""",
    "cases.csv": "id,founded,Sector\nA,2010,Food\nB,2012,\n",
    "participants.csv": "id,case,role\nA-1,A,Founder\n",
    "events.csv": "case,kind,place,date\nA,entry,DEU,2012\nA,entry,USA,2012-03\nB,entry,GBR,2014\n",
    "sources.csv": "id,file,kind,case\nS1,one.txt,interview,A\n",
    "sources/one.txt": "We went to Germany first.",
    "codebook.csv": "id,name,level\nnet,Networks,concept\n",
    "codings.csv": "source,start,end,text,code,coder\nS1,3,7,went,net,me\nS1,3,7,went,net,you\nS1,8,10,to,,\n",
}


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., Path]:
    """Make the folder with some files changed (``None`` leaves one out) and others added."""

    def make(files: dict[str, str | bytes | None] | None = None) -> Path:
        folder = tmp_path / "study"
        for name, content in {**FILES, **(files or {})}.items():
            if content is not None:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return make
