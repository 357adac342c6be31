"""Do the rules find what is broken, and only that?  Planted faults and clean twins.

Run: ``python benchmarks/detection.py [STUDIES]``.  For each seed a clean synthetic study is made and checked by all rules;
then, for each way to plant the fault of a rule, a twin with that fault at a random place is checked by that rule.

* recall: of the subjects that were planted, the share that the rule names.
* precision: of what the rule names in its twins and in the clean studies, the share that was planted.

Faults that are planted are those that somebody thought of: the table says that a rule does what its page says, not how many
faults of real studies it would find.
"""

from __future__ import annotations

import datetime
import random
import sys
from dataclasses import dataclass

from _clean import clean_study
from _faults import FAULTS

from crosscase.checks import rules, run
from crosscase.evidence import Ledger

TODAY = datetime.date(2025, 1, 1)
STUDIES = 20


@dataclass
class Tally:
    planted: int = 0
    found: int = 0
    beside: int = 0
    on_clean: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else float("nan")

    @property
    def precision(self) -> float:
        named = self.found + self.beside + self.on_clean
        return self.found / named if named else float("nan")


def main(studies: int) -> int:
    tallies = {code: Tally() for code in rules()}
    remarks: list[str] = []
    for seed in range(studies):
        clean = clean_study(seed)
        for finding in run(Ledger(clean, TODAY)):
            tallies[finding.rule].on_clean += 1
            remarks.append(f"clean study {seed}: {finding.rule} {finding.subject.id}: {finding.message}")
        for code, ways in FAULTS.items():
            for number, plant in enumerate(ways):
                twin, expected = plant(clean, random.Random(f"{seed} {code} {number}"))
                named = {(one.subject.kind, one.subject.id): one.message for one in run(Ledger(twin, TODAY), [code])}
                tally = tallies[code]
                tally.planted += len(expected)
                tally.found += len(expected & set(named))
                tally.beside += len(set(named) - expected)
                for subject in expected - set(named):
                    remarks.append(f"study {seed}: {code} by {plant.__name__} missed {subject}")
                for subject in set(named) - expected:
                    remarks.append(f"study {seed}: {code} by {plant.__name__} beside: {subject}: {named[subject]}")
    print(f"{studies} studies, {sum(map(len, FAULTS.values()))} ways to plant a fault\n")
    print("rule  planted  found  beside  on clean  recall  precision  title")
    for code, one in tallies.items():
        print(
            f"{code}  {one.planted:7}  {one.found:5}  {one.beside:6}  {one.on_clean:8}  {one.recall:6.2f}  {one.precision:9.2f}  "
            f"{rules()[code].title}"
        )
    print("\n" + ("\n".join(dict.fromkeys(remarks)) or "Every planted fault was found, and nothing else."))
    return 1 if any(one.found < one.planted or not one.planted for one in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else STUDIES))
