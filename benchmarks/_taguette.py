"""Measure Taguette 1.5.2; run by retrieval.py with the interpreter of Taguette's environment, never imported by ours.

Exports are called as its web handlers call them, on the database as they read it; a highlight is added over HTTP to its
server in single-user mode.  The answer is one line of JSON.
"""

from __future__ import annotations

import io
import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path


def make(path: Path, paragraph: str, paragraphs: int, codings: int, tags: int = 50) -> None:
    """A project with one document, highlighted as our study is coded."""
    from taguette import database

    session = database.connect(f"sqlite:///{path}")()
    user = session.get(database.User, "admin")
    if user is None:
        user = database.User(login="admin")
        session.add(user)
    project = database.Project(name="Measuring", description="")
    session.add(project)
    session.add(database.ProjectMember(project=project, user=user, privileges=database.Privileges.ADMIN))
    html = "".join(f"<p>{paragraph}</p>" for _ in range(paragraphs))
    document = database.Document(
        name="S1", description="", filename="S1.html", project=project,
        text_direction=database.TextDirection.LEFT_TO_RIGHT, contents=html,
    )  # fmt: skip
    session.add(document)
    made = [database.Tag(project=project, path=f"Code {number}", description="") for number in range(tags)]
    session.add_all(made)
    length = len(paragraph) * paragraphs
    step = (length - 200) // max(codings, 1)
    for number in range(codings):
        start = number * step
        at = start % (len(paragraph) - 90)
        # the snippet as its own handler would cut it out, without parsing the whole document 10,000 times
        highlight = database.Highlight(
            document=document, start_offset=start, end_offset=start + 90, snippet=f"<p>{paragraph[at : at + 90]}</p>"
        )
        highlight.tags.append(made[number % tags])
        session.add(highlight)
    session.commit()
    session.close()


def export(path: Path) -> dict[str, dict[str, float]]:
    from taguette import database
    from taguette import export as exporting

    session = database.connect(f"sqlite:///{path}")()
    project = session.query(database.Project).first().id
    acts = {
        "csv": lambda: exporting.highlights_csv(session, project, "", io.StringIO()),
        "xlsx": lambda: exporting.highlights_xslx(session, project, "", str(path.with_suffix(".xlsx"))),
    }
    measured = {}
    for name, act in acts.items():
        walls, cpus = [], []
        for _ in range(2):
            wall, cpu = time.perf_counter(), time.process_time()
            act()
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        measured[name] = {"wall": min(walls), "cpu": min(cpus)}
    return measured


def add(path: Path, paragraphs: int, paragraph: str, times: int) -> dict[str, float]:
    port = "17465"
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("taguette")), "--no-browser", "--port", port, "--database", str(path), "--dont-set-umask"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        link = ""
        assert server.stdout is not None
        for line in server.stdout:
            found = re.search(r"http://\S+token=\S+", line)
            if found:
                link = found[0]
                break
        jar = CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = opener.open(link).read().decode()
        project = re.search(r"/project/(\d+)", page)[1]
        opener.open(f"http://localhost:{port}/project/{project}").read()
        token = next((one.value for one in jar if one.name == "_xsrf"), "")
        took = []
        length = len(paragraph) * paragraphs
        for number in range(times):
            start = 50 + number * (length - 500) // times
            body = json.dumps({"start_offset": start, "end_offset": start + 90, "tags": [1]}).encode()
            asked = urllib.request.Request(
                f"http://localhost:{port}/api/project/{project}/document/1/highlight/new",
                body,
                {"Content-Type": "application/json", "X-XSRFToken": token},
            )
            began = time.perf_counter()
            opener.open(asked).read()
            took.append(time.perf_counter() - began)
        return {"median": statistics.median(took)}
    finally:
        server.terminate()
        server.wait(10)


def main() -> None:
    asked = json.loads(sys.argv[1])
    path = Path(asked["folder"]) / f"taguette-{asked['what']}-{asked['paragraphs']}.sqlite3"
    make(path, asked["paragraph"], asked["paragraphs"], asked["codings"])
    if asked["what"] == "export":
        print(json.dumps(export(path)))
    else:
        print(json.dumps(add(path, asked["paragraphs"], asked["paragraph"], asked["times"])))


if __name__ == "__main__":
    main()
