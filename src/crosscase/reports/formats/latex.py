"""A table in LaTeX with booktabs, to be put into a manuscript with ``\\input``."""

from __future__ import annotations

import re

from crosscase.reports.table import Column, ReportTable, letters

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\textquotedbl{}",
    "|": r"\textbar{}",
    "\u00a0": "~",
    "\u2212": r"$-$",
    "●": r"$\bullet$",
    "○": r"$\circ$",
    "×": r"$\times$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "⊗": r"$\otimes$",
    "•": r"{\tiny$\bullet$}",
    "⊘": r"{\tiny$\otimes$}",
    "→": r"$\rightarrow$",
    "↔": r"$\leftrightarrow$",
    "√": r"$\surd$",
    "²": r"$^2$",
    "Δ": r"$\Delta$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "χ": r"$\chi$",
    "ω": r"$\omega$",
}
_ANY = re.compile("|".join(re.escape(character) for character in _SPECIAL))


def table_latex(table: ReportTable) -> str:
    """A ``table`` environment; a table of more than 40 rows is a ``longtable``."""
    head = " & ".join(escape(column.label) for column in table.columns) + r" \\"
    body = [" & ".join(row) + r" \\" for row in _rows(table)]
    if not body:
        body = [rf"\multicolumn{{{max(1, len(table.columns))}}}{{l}}{{{escape(table.missing or 'No rows.')}}} \\"]
    packages = "booktabs" if len(body) <= 40 else "booktabs and longtable"
    lines = [f"% needs the packages {packages} and the encoding T1 or a Unicode engine"]
    caption = rf"\caption{{{escape(table.title)}}}\label{{tab:{_label(table.id)}}}"
    notes = [rf"\par\footnotesize {escape(note)}" for note in table.all_notes()]
    columns = "".join(_column(column) for column in table.columns)
    if len(body) <= 40:
        lines += [r"\begin{table}", r"\centering", caption, rf"\begin{{tabular}}{{{columns}}}", r"\toprule", head]
        lines += [r"\midrule", *body, r"\bottomrule", r"\end{tabular}", *notes, r"\end{table}"]
    else:
        lines += [
            rf"\begin{{longtable}}{{{columns}}}",
            caption + r" \\",
            r"\toprule",
            head,
            r"\midrule",
            r"\endfirsthead",
        ]
        lines += [r"\toprule", head, r"\midrule", r"\endhead", r"\bottomrule", r"\endlastfoot"]
        lines += [*body, r"\end{longtable}", *notes]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    r"""A text that LaTeX sets as it stands.

    >>> print(escape(r"R&D_50% {x} \input"))
    R\&D\_50\% \{x\} \textbackslash{}input
    """
    text = " ".join(text.split(" ")) if "\n" not in text else " ".join(text.split())
    text = "".join(character for character in text if character >= " ")
    return _ANY.sub(lambda found: _SPECIAL[found.group()], text)


def _rows(table: ReportTable) -> list[list[str]]:
    remarks = letters(table)
    rows = []
    for row, texts in zip(table.rows, table.texts(), strict=True):
        marked = []
        for cell, text in zip(row, texts, strict=True):
            mark = rf"\textsuperscript{{{remarks[cell.note]}}}" if cell.note else ""
            # a cell that begins with a bracket would be read as the option of the line break before it
            shown = escape(text)
            marked.append(("{}" if shown.startswith(("[", "*")) else "") + shown + mark)
        rows.append(marked)
    return rows


def _column(column: Column) -> str:
    return {"left": "l", "right": "r", "centre": "c"}[column.align]


def _label(id: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", id)
