"""Agreement with R's QCA and SetMethods, file by file.

Run ``python benchmarks/qca_agreement.py`` with the folder of reference results beside the project: each reference is compared as the tests
do (parameters of fit to 1e-9, identical rows, terms and sets of models) and the table says how many numbers were compared.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.engines.qca import test_reference as reference  # noqa: E402


def numbers(value: Any) -> int:
    """How many numbers a reference holds."""
    if isinstance(value, dict):
        return sum(numbers(part) for part in value.values())
    if isinstance(value, list):
        return sum(numbers(part) for part in value)
    return int(isinstance(value, float | int) and not isinstance(value, bool))


def verdict(check: Callable[[], None]) -> str:
    try:
        check()
    except AssertionError as error:
        return f"differs: {str(error).splitlines()[0] if str(error) else 'see the test'}"
    return "agrees"


def main() -> None:
    folder = Path(os.environ.get("CROSSCASE_SHARED", "../shared")) / "reference" / "qca"
    lines = []
    for path in sorted(folder.glob("a*.json")):
        case = json.loads(path.read_text())
        rows = len(case["truth_table"].get("rows", []))
        models = [
            len(case[kind]["fit"]["models"]) for kind in ("conservative", "parsimonious") if "fit" in case.get(kind, {})
        ]
        pairs = len(case.get("intermediate", {}).get("i.sol", {}))
        what = f"{rows} rows, {'+'.join(map(str, models)) or 'no'} models, {pairs} pairs, {numbers(case)} numbers"
        lines.append((path.stem, what, verdict(lambda case=case: reference.check_analysis(folder, case))))
    calibrations = json.loads((folder / "c01_calibration.json").read_text())["calibrations"]
    for name, case in calibrations.items():
        found = verdict(lambda name=name, case=case: reference.check_calibration(folder, name, case))
        lines.append((f"c01 {name}", f"{len(case.get('values', []))} memberships", found))
    for name, case in json.loads((folder / "n01_fit_necessity.json").read_text()).items():
        if name.startswith("ss_") and "error" not in case:
            found = verdict(lambda case=case: reference.check_search(folder, case))
            lines.append((f"n01 {name}", f"{case['n']} relations", found))
    width = max(len(name) for name, _, _ in lines)
    for name, what, found in lines:
        print(f"{name:<{width}}  {found:<8}  {what}")
    agreeing = sum(found == "agrees" for _, _, found in lines)
    print(f"{agreeing} of {len(lines)} agree")


if __name__ == "__main__":
    main()
