"""How the documentation is built: MyST Markdown pages, the API from the docstrings, the commands from the program."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from crosscase import __version__  # noqa: E402

project = "Crosscase"
copyright = "The Crosscase developers"
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"Crosscase {__version__}"
html_static_path = ["pictures"]
exclude_patterns = ["_build"]
autodoc_typehints = "description"
suppress_warnings = ["myst.header"]


def write_rule_pages() -> None:
    """The pages of the rules are shipped with the program; here they become pages of the documentation."""
    from crosscase.checks import FAMILIES, rules

    folder = ROOT / "docs" / "rules"
    folder.mkdir(exist_ok=True)
    lines = ["# Rules", "", "What `crosscase check` looks for. `crosscase rule CODE` prints the same pages.", ""]
    for prefix, name in FAMILIES.items():
        codes = [code for code in rules() if code.startswith(prefix)]
        if codes:
            lines += [f"## {prefix} {name}", "", "```{toctree}", ":maxdepth: 1", "", *codes, "```", ""]
    (folder / "index.md").write_text("\n".join(lines), "utf-8")
    for code, rule in rules().items():
        (folder / f"{code}.md").write_text(rule.page, "utf-8")


write_rule_pages()
