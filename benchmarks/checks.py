"""How long the rules take on a large study: 500 sources, 100,000 codings, 50 cases, 60 constructs, 40 claims.

Run: ``python benchmarks/checks.py``.  Prints the processor seconds of each rule that takes more than a hundredth of a second,
in the order in which they run (what a rule needs first is counted with it), and of all.  Goal: 5 s for all.
"""

from __future__ import annotations

import time

from _study import large_study, with_claims

from crosscase.checks import rules
from crosscase.evidence import Ledger


def main() -> None:
    ledger = Ledger(with_claims(large_study()))
    rows = []
    for code, rule in rules().items():
        start = time.process_time()
        found = sum(1 for _ in rule.check(ledger))
        rows.append((code, time.process_time() - start, found, rule.title))
    print("rule  seconds  found  title")
    for code, seconds, found, title in rows:
        if seconds >= 0.01:
            print(f"{code}  {seconds:7.2f}  {found:5}  {title}")
    print(f"all   {sum(row[1] for row in rows):7.2f}  {sum(row[2] for row in rows):5}  (goal 5.00)")


if __name__ == "__main__":
    main()
