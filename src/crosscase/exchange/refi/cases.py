"""Variables and cases of a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crosscase.core import Case, Variable
from crosscase.exchange.refi.names import Ids
from crosscase.exchange.refi.report import Account
from crosscase.exchange.refi.xml import attribute, child, children, guid, local, words

__all__ = ["CasesRead", "Variables", "read_cases"]

_TYPES = {
    "text": "text", "boolean": "boolean", "integer": "integer", "float": "number", "date": "date", "datetime": "date",
}  # fmt: skip
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


class Variables:
    """The variables of a project; each has a name of its own."""

    def __init__(self, element: Any | None, account: Account) -> None:
        self._account = account
        self._names: dict[str, str] = {}
        self.variables: list[Variable] = []
        taken = {"id", "case name"}
        for one in children(element, "Variable") if element is not None else ():
            wanted = name = " ".join(attribute(one, "name").split()) or "variable"
            number = 2
            while name.casefold() in taken:
                name, number = f"{wanted} {number}", number + 1
            taken.add(name.casefold())
            kind = attribute(one, "typeOfVariable").strip()
            extra = {"guid": guid(one)} | ({"type": kind} if kind.casefold() == "datetime" else {})
            self.variables.append(
                Variable(name, _TYPES.get(kind.casefold(), "text"), label=words(one, "Description"), extra=extra)
            )
            self._names.setdefault(guid(one), name)
        account.read["variables"] += len(self.variables)

    def values(self, element: Any) -> dict[str, str]:
        """The values that a case or a source has, by the names of the variables, as they are written."""
        values: dict[str, str] = {}
        for one in children(element, "VariableValue"):
            reference = child(one, "VariableRef")
            name = self._names.get(guid(reference, "targetGUID")) if reference is not None else None
            value = next((found for found in children(one, *_VALUES)), None)
            if name is None:
                self._account.dropped["value of a variable that is not there"] += 1
            elif value is not None:
                text = "".join(value.itertext())
                if name in values and values[name] != text:
                    self._account.dropped["second value of the same variable"] += 1
                    continue
                values[name] = text if local(value) == "TextValue" else text.strip()
        return values


@dataclass(slots=True)
class CasesRead:
    """The cases, and which sources, selections and codes point at them."""

    cases: list[Case] = field(default_factory=list)
    by_guid: dict[str, str] = field(default_factory=dict)
    of_source: dict[str, list[str]] = field(default_factory=dict)
    of_selection: dict[str, list[str]] = field(default_factory=dict)
    of_code: dict[str, list[str]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)

    def only(self, of: Mapping[str, list[str]], identity: str) -> str:
        """The case that something belongs to, when it is one."""
        cases = of.get(identity, [])
        return cases[0] if len(cases) == 1 else ""


def read_cases(element: Any | None, variables: Variables, account: Account) -> CasesRead:
    """The cases with their attributes; every case has every attribute that some case has."""
    read = CasesRead()
    ids = Ids()
    values: dict[str, dict[str, str]] = {}
    for one in children(element, "Case") if element is not None else ():
        name = attribute(one, "name")
        id = ids.new(name, "case")
        read.by_guid.setdefault(guid(one) or f"#{id}", id)
        values[id] = variables.values(one)
        if id != name:
            values[id] = {"case name": name, **values[id]}
        if text := words(one, "Description"):
            read.descriptions[id] = text
        for tag, of in (("SourceRef", read.of_source), ("SelectionRef", read.of_selection), ("CodeRef", read.of_code)):
            for reference in children(one, tag):
                of.setdefault(guid(reference, "targetGUID"), []).append(id)
        known = ("Description", "CodeRef", "VariableValue", "SourceRef", "SelectionRef")
        for other in children(one):
            if local(other) not in known:
                account.dropped[f"element {local(other)} in a case"] += 1
    names = dict.fromkeys(name for one in values.values() for name in one)
    read.cases = [Case(id, {name: one.get(name, "") for name in names}) for id, one in values.items()]
    account.read["cases"] += len(read.cases)
    return read
