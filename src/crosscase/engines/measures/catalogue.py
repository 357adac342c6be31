"""The catalogue of measures and classifications as Markdown, for the documentation.

``python -m crosscase.engines.measures.catalogue`` prints it; a test fails when docs/measures.md differs.
"""

from __future__ import annotations

from crosscase.engines.measures.registry import classifications, measures

__all__ = ["markdown"]


def markdown() -> str:
    """One section a measure, with its definitions as a table, then the classifications."""
    lines: list[str] = []
    for measure in measures().values():
        lines += [
            f"### `{measure.name}`",
            "",
            f"{measure.text} Unit: {measure.unit or 'none'}. Needs: {'; '.join(measure.needs)}.",
            "",
        ]
        lines += ["| definition | what it says | formula | source |", "|---|---|---|---|"]
        for one in measure.definitions:
            cells = (f"`{one.id}`", one.text, f"`{one.formula}`", one.source)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    lines += ["## Classifications", "", "| name | what it says | needs | source |", "|---|---|---|---|"]
    for classification in classifications().values():
        cells = (
            f"`{classification.name}`",
            classification.text,
            "; ".join(classification.needs),
            classification.source,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
