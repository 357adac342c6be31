"""Make a Taguette project as large as our study; run by load.py with the interpreter of Taguette's environment.

500 documents of 40,000 characters, 200 tags, 100,000 highlights.
"""

from __future__ import annotations

import random
import sys

DOCUMENTS, CHARACTERS, TAGS, HIGHLIGHTS = 500, 40_000, 200, 100_000


def main() -> None:
    from taguette import database

    draw = random.Random(1)
    words = ["".join(draw.choices("etaoinshrdlucmfwyp", k=draw.randint(2, 10))) for _ in range(5_000)]
    session = database.connect(f"sqlite:///{sys.argv[1]}")()
    user = session.get(database.User, "admin")
    if user is None:
        user = database.User(login="admin")
        session.add(user)
    project = database.Project(name="Measuring", description="")
    session.add_all([project, database.ProjectMember(project=project, user=user, privileges=database.Privileges.ADMIN)])
    tags = [database.Tag(project=project, path=f"Code {number}", description="") for number in range(TAGS)]
    session.add_all(tags)
    documents = []
    for number in range(DOCUMENTS):
        paragraphs, length = [], 0
        while length < CHARACTERS:
            paragraph = " ".join(draw.choices(words, k=80))
            paragraphs.append(f"<p>{paragraph}</p>")
            length += len(paragraph)
        documents.append(
            database.Document(
                name=f"S{number}", description="", filename=f"S{number}.html", project=project,
                text_direction=database.TextDirection.LEFT_TO_RIGHT, contents="".join(paragraphs),
            )
        )  # fmt: skip
    session.add_all(documents)
    session.flush()
    for number in range(HIGHLIGHTS):
        start = draw.randrange(CHARACTERS - 200)
        one = database.Highlight(
            document=documents[number % DOCUMENTS], start_offset=start, end_offset=start + 90, snippet="<p>x</p>"
        )
        one.tags.append(tags[number % TAGS])
        session.add(one)
    session.commit()
    session.close()


if __name__ == "__main__":
    main()
