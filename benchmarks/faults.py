"""A server that is killed again and again while people code: is every acknowledged coding there, and none twice?

Run: ``python benchmarks/faults.py [--codings 10000] [--kills 50] [--clients 8] [--postgres]``.  Clients code passages over
HTTP, each coding with an id of its own; when no answer comes they ask again with the same id until one does.  Meanwhile the
server is killed with SIGKILL at random moments and started anew; with ``--postgres`` the database server is restarted in
its immediate mode as well, by turns.  At the end the study is read from the database and compared with what was
acknowledged, and the chain of the audit trail is verified.  The exit status is 1 when anything is lost, doubled or broken.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(Path(__file__).parent)]

import httpx  # noqa: E402
from _server import Running, Team, make_team  # noqa: E402

from crosscase.core import Case, Code, Snapshot, Source, Study  # noqa: E402
from crosscase.store import open_store  # noqa: E402
from postgres import restart, server  # noqa: E402

TEXTS, CODES, LENGTH = 20, 10, 20_000


@dataclass
class Found:
    """What came out.  ``lost`` and ``doubled`` are ids of codings; ``unasked`` ones are there that nobody asked for."""

    acknowledged: int
    asked_again: int
    kills: int
    seconds: float
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    whole: bool = True

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.unasked) and self.whole


def study() -> Snapshot:
    draw = random.Random(3)
    words = ["".join(draw.choices("etaoinshrdlu", k=draw.randint(2, 9))) for _ in range(500)]
    texts = {f"s{number}": " ".join(draw.choices(words, k=LENGTH // 6))[:LENGTH] for number in range(TEXTS)}
    return Snapshot.of(
        Study("Faults"),
        cases=[Case("F1")],
        sources=[Source(id, f"{id}.txt", "interview", "F1") for id in texts],
        codes=[Code(f"c{number}", f"Code {number}") for number in range(CODES)],
        texts=texts,
    )


class Client(threading.Thread):
    """Codes passages that no other client codes, and keeps what was acknowledged."""

    def __init__(self, server: Running, team: Team, number: int, count: int) -> None:
        super().__init__(daemon=True)
        self.url = f"{server.address}/s/{team.study}/api/codings"
        self.headers = {"authorization": f"Bearer {team.tokens[number]}"}
        self.count = count
        self.draw = random.Random(number)
        self.acknowledged: list[str] = []
        self.asked_again = 0
        self.after = 0
        self.refused: list[str] = []

    def run(self) -> None:
        with httpx.Client(timeout=10) as client:
            for _ in range(self.count):
                start = self.draw.randrange(LENGTH - 60)
                body = {
                    "source": f"s{self.draw.randrange(TEXTS)}", "start": start, "end": start + self.draw.randint(8, 50),
                    "code": f"c{self.draw.randrange(CODES)}", "id": uuid.UUID(int=self.draw.getrandbits(128)).hex,
                    "after": self.after,
                }  # fmt: skip
                self._until_answered(client, body)

    def _until_answered(self, client: httpx.Client, body: dict[str, object]) -> None:
        while True:
            try:
                answer = client.post(self.url, json=body, headers=self.headers)
            except httpx.HTTPError:
                self.asked_again += 1
                time.sleep(0.05)
                continue
            if answer.status_code == 201:
                said = answer.json()
                self.after = said["seen"]
                # A passage that this coder has given this code before keeps its coding, and the answer names that one.
                if any(one["id"] == body["id"] for one in said["codings"]):
                    self.acknowledged.append(str(body["id"]))
                return
            if answer.status_code in (500, 502, 503):
                self.asked_again += 1
                time.sleep(0.05)
                continue
            self.refused.append(f"{answer.status_code} {answer.text[:200]}")
            return


def run(url: str, *, codings: int, kills: int, clients: int, postgres: bool = False, seed: int = 1) -> Found:
    """Make a team at an empty place, let it code, kill the server, and look at what is there."""
    team = make_team(url, study(), clients)
    draw = random.Random(seed)
    running = Running(url)
    running.start()
    begin = time.monotonic()
    threads = [Client(running, team, number, codings // clients) for number in range(clients)]
    for thread in threads:
        thread.start()
    done = 0
    try:
        while any(thread.is_alive() for thread in threads):
            reached = sum(len(thread.acknowledged) for thread in threads)
            if done < kills and reached >= codings * (done + draw.random()) / (kills + 1):
                if postgres and done % 2:
                    restart(url)
                else:
                    running.kill()
                    running.start()
                done += 1
            time.sleep(0.005)
    finally:
        running.kill()
    seconds = time.monotonic() - begin
    refused = [why for thread in threads for why in thread.refused]
    if refused:
        raise RuntimeError(f"{len(refused)} were refused; the first: {refused[0]}")
    acknowledged = {id for thread in threads for id in thread.acknowledged}
    with open_store(url) as store:
        snapshot, whole = store.load_snapshot(team.study), store.verify_audit(team.study).whole
    there = Counter(snapshot.codings.column("id"))
    meant = Counter((one.quotation, one.code, one.coder) for one in snapshot.codings)
    spans = Counter((one.source, one.start, one.end) for one in snapshot.quotations)
    return Found(
        len(acknowledged), sum(thread.asked_again for thread in threads), done, seconds,
        [id for id in acknowledged if id not in there],
        [str(one) for one, count in [*there.items(), *meant.items(), *spans.items()] if count > 1],
        [id for id in there if id not in acknowledged], whole,
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codings", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    options = {"codings": given.codings, "kills": given.kills, "clients": given.clients}
    if given.postgres:
        with server() as url:
            found = run(url, **options, postgres=True)
    else:
        with tempfile.TemporaryDirectory() as folder:
            found = run(f"sqlite:///{folder}/team.crosscase", **options)
    print(
        f"{found.acknowledged} codings acknowledged to {given.clients} clients in {found.seconds:.0f} s, {found.kills} kills,"
    )
    print(f"{found.asked_again} requests asked again; lost {len(found.lost)}, doubled {len(found.doubled)}, ", end="")
    print(f"unasked {len(found.unasked)}; the audit trail is {'whole' if found.whole else 'BROKEN'}")
    return 0 if found.sound else 1


if __name__ == "__main__":
    sys.exit(main())
