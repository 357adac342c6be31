"""Make the pictures of docs/regression.md from its own examples: PYTHONPATH=src python tools/regression_pictures.py"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from crosscase.figures import to_svg

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    """Run the Python of the page, and keep what each call of ``to_svg`` wrote."""
    page = (DOCS / "regression.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    drawn: list[str] = []
    for code in re.findall(r"```python\n(.*?)```", page, flags=re.S):
        exec(compile(code, "regression.md", "exec"), names)
        if "to_svg(" in code:
            [call] = re.findall(r"^to_svg\((.*)\)$", code, flags=re.M)
            drawn.append(to_svg(eval(call, names)))
    for name, svg in zip(("simple-slopes", "ceilings"), drawn, strict=True):
        (DOCS / "pictures" / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
