"""How long the pages of claims take at the server: 500 sources, 100,000 codings, 50 cases, 60 constructs, 40 claims.

    PYTHONPATH=src python benchmarks/claim_pages.py

The study of ``briefs.py`` in a study file, asked by HTTP without a network in between.  Processor milliseconds: of the first
page after a piece of evidence was linked, of the first after a code was added (constructs are computed on the way), and the
median of nine more.  Goals: 200 ms for a verdict, 500 ms for a brief.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from briefs import study
from fastapi.testclient import TestClient

from crosscase.store import open_store
from crosscase.study import Study, codebook
from crosscase.study.claimevidence import add_evidence
from crosscase.study.workspace import Workspace
from crosscase.web.app import create_app
from crosscase.web.security import Gate


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.crosscase"
        with open_store(path, create=True) as store:
            store.save_snapshot(study(), who="import", what="made for measuring")
        with Study.open(path, who="ana") as opened:
            measure(Workspace(opened))


def measure(workspace: Workspace) -> None:
    gate = Gate(coder="ana", port=80)
    client = TestClient(create_app(workspace, gate), base_url="http://127.0.0.1:80", headers={"host": "127.0.0.1:80"})
    client.get(gate.link)
    token = re.search('name="crosscase-token" content="([^"]+)"', client.get("/").text)[1]  # type: ignore[index]
    firm = {
        "token": token,
        "id": "Nova",
        **{f"attribute-v{n}": str(40 + n) for n in range(12)},
        "attribute-home": "CHN",
    }
    number = iter(range(1_000))

    def link() -> None:
        add_evidence(workspace, "ana", "P1", "supports", coding=f"k{next(number)}")

    def code() -> None:
        codebook.add_code(workspace, "ana", f"new {next(number)}")

    pages: dict[str, Callable[[], httpx.Response]] = {
        "verdict page": lambda: client.get("/claim?id=P1"),
        "claims page": lambda: client.get("/claims"),
        "editor of a claim": lambda: client.get("/claim/edit?id=P1"),
        "expression as one types": lambda: client.get("/api/expression?text=x1 * x2 => x50"),
        "editor of a construct": lambda: client.get("/construct/edit?id=x1"),
        "constructs by case": lambda: client.get("/constructs"),
        "replication": lambda: client.get("/claims/tables"),
        "brief": lambda: client.post("/brief", data=firm),
    }
    print(f"{'':26}{'after evidence':>16}{'after a code':>14}{'again':>10}   ms")
    for name, ask in pages.items():
        taken = []
        for change in (link, code):
            ask()
            change()
            taken.append(timed(ask))
        again = statistics.median(timed(ask) for _ in range(9))
        print(f"{name:26}{taken[0]:16.0f}{taken[1]:14.0f}{again:10.0f}", flush=True)


def timed(ask: Callable[[], httpx.Response]) -> float:
    start = time.process_time()
    answer = ask()
    taken = 1_000 * (time.process_time() - start)
    assert answer.status_code == 200, answer.text[:400]
    return taken


if __name__ == "__main__":
    main()
