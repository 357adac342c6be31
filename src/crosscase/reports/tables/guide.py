"""Which question of the interview guide was answered in which case."""

from __future__ import annotations

from crosscase.core import Question, Snapshot
from crosscase.reports.table import STATE_SIGNS, Cell, Column, ReportTable, state_cell

#: With more columns than this the states are written as signs only.
_MOST_WORDS = 7


def question_matrix(snapshot: Snapshot) -> ReportTable:
    """Question × case: present where an answer is on record, else no data; the longer of the two makes the rows."""
    answers = _answers(snapshot)
    questions = list(snapshot.study.guide)
    known = {question.id for question in questions}
    questions += [Question(id) for id in dict.fromkeys(id for id, _ in answers) if id not in known]
    cases = list(snapshot.cases.column("id"))
    title = "Questions of the guide and cases"
    if not questions or not cases:
        lacking = "interview guide" if not questions else "case"
        return ReportTable("questions", title, (), (), missing=f"No {lacking} is on record.")
    down_questions = len(questions) >= len(cases)
    signs = min(len(questions), len(cases)) > _MOST_WORDS

    def cell(question: str, case: str) -> Cell:
        found = answers.get((question, case))
        state = state_cell("present" if found else "no data", inputs=tuple((found or {}).items()))
        return Cell(state.value, STATE_SIGNS[state.state] if signs else "", state=state.state, inputs=state.inputs)

    if down_questions:
        columns = [Column("Question", heading=True), Column("Words"), *(Column(case, "centre") for case in cases)]
        rows = [
            (Cell(question.id), Cell(question.text), *(cell(question.id, case) for case in cases))
            for question in questions
        ]
    else:
        columns = [Column("Case", heading=True), *(Column(question.id, "centre") for question in questions)]
        rows = [(Cell(case), *(cell(question.id, case) for question in questions)) for case in cases]
    notes = ["An answer counts where a turn of a source is marked as the answer to the question."]
    if signs:
        notes.append(", ".join(f"{STATE_SIGNS[state]} {state}" for state in ("present", "no data")) + ".")
    if not down_questions:
        notes += [f"{question.id}: {question.text}" for question in questions if question.text]
    return ReportTable("questions", title, tuple(columns), tuple(rows), notes=tuple(notes))


def _answers(snapshot: Snapshot) -> dict[tuple[str, str], dict[str, str]]:
    """(question, case) -> the sources that answer it, each with the numbers of the turns."""
    case_of = dict(zip(snapshot.sources.column("id"), snapshot.sources.column("case"), strict=True))
    turns = snapshot.turns
    found: dict[tuple[str, str], dict[str, str]] = {}
    columns = (turns.column(name) for name in ("source", "number", "kind", "question", "start", "end"))
    for source, number, kind, question, start, end in zip(*columns, strict=True):
        if question and kind != "question" and end > start:
            sources = found.setdefault((question, case_of.get(source, "")), {})
            sources[source] = f"{sources[source]}, {number}" if source in sources else f"turn {number}"
    return found
