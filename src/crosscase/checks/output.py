"""Findings as text, JSON, SARIF and JUnit: for a person, a script, a code host and a build server."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any
from xml.etree import ElementTree

from crosscase.checks.registry import Rule, rules
from crosscase.core import Finding

#: The longest line of the text form.
WIDTH = 110

_LEVEL = {"error": "error", "warning": "warning", "note": "note"}


def as_plain(finding: Finding) -> dict[str, Any]:
    """A finding as the plain values that scripts rely on."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "subject": {"kind": finding.subject.kind, "id": finding.subject.id},
        "message": finding.message,
        "evidence": list(finding.evidence),
        "accepted": finding.accepted or None,
    }


def as_text(findings: Sequence[Finding]) -> str:
    """Findings under their rules, the open ones before the accepted, and a closing count."""
    lines: list[str] = []
    catalogue = rules()
    for code, group in groupby(sorted(findings, key=lambda one: one.rule), key=lambda one: one.rule):
        lines += [f"{code}  {catalogue[code].title}", ""]
        for finding in sorted(group, key=lambda one: bool(one.accepted)):
            lines.append(_wrapped(f"  {finding.severity:<7}  {_subject(finding)}: {finding.message}"))
            if finding.accepted:
                lines.append(_wrapped(f"           accepted: {finding.accepted}"))
        lines.append("")
    return "\n".join([*lines, summary(findings)])


def summary(findings: Sequence[Finding]) -> str:
    """How many findings are open and how many were accepted, in words."""
    open_ones = [finding for finding in findings if not finding.accepted]
    if not findings:
        return "Nothing found."
    counts = ", ".join(
        f"{count} {severity}{'s' if count != 1 else ''}"
        for severity in _LEVEL
        if (count := sum(finding.severity == severity for finding in open_ones))
    )
    accepted = len(findings) - len(open_ones)
    return f"{counts or 'no open finding'}" + (f"; {accepted} accepted" if accepted else "") + "."


def as_json(findings: Sequence[Finding]) -> str:
    return json.dumps({"findings": [as_plain(finding) for finding in findings]}, ensure_ascii=False, indent=2)


def as_sarif(findings: Sequence[Finding]) -> str:
    """SARIF 2.1.0 (OASIS 2020); accepted findings are suppressed with their reason."""
    from crosscase import __version__

    used = sorted({finding.rule for finding in findings})
    catalogue = rules()
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "crosscase",
                        "semanticVersion": __version__,
                        "rules": [_sarif_rule(catalogue[code]) for code in used],
                    }
                },
                "results": [_sarif_result(finding, used.index(finding.rule)) for finding in findings],
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_junit(findings: Sequence[Finding]) -> str:
    """JUnit XML: a test case a finding and one a rule that found nothing; an accepted finding is skipped."""
    cases: list[ElementTree.Element] = []
    found = {finding.rule for finding in findings}
    for code, one in rules().items():
        if code not in found:
            cases.append(ElementTree.Element("testcase", classname=f"crosscase.{one.family}", name=code))
    for finding in findings:
        case = ElementTree.Element(
            "testcase", classname=f"crosscase.{finding.rule}", name=_clean(f"{finding.rule} {_subject(finding)}")
        )
        if finding.accepted:
            ElementTree.SubElement(case, "skipped", message=_clean(finding.accepted))
        else:
            failure = ElementTree.SubElement(case, "failure", type=finding.severity, message=_clean(finding.message))
            failure.text = _clean("\n".join(finding.evidence))
        cases.append(case)
    failures = sum(not finding.accepted for finding in findings)
    suite = ElementTree.Element(
        "testsuite",
        name="crosscase check",
        tests=str(len(cases)),
        failures=str(failures),
        skipped=str(len(findings) - failures),
    )
    suite.extend(cases)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode")


FORMATS: Mapping[str, Callable[[Sequence[Finding]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
}


def _wrapped(line: str) -> str:
    """A finding on lines that can be read, the later ones under the first word of the subject."""
    return textwrap.fill(line, WIDTH, subsequent_indent=" " * 11, break_long_words=False, break_on_hyphens=False)


def _subject(finding: Finding) -> str:
    return f"{finding.subject.kind} {finding.subject.id}".strip()


def _sarif_rule(one: Rule) -> dict[str, Any]:
    return {
        "id": one.code,
        "shortDescription": {"text": one.title},
        "help": {"text": one.page, "markdown": one.page},
        "defaultConfiguration": {"level": _LEVEL[one.severity]},
    }


def _sarif_result(finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message},
        "locations": [
            {
                "logicalLocations": [
                    {"name": finding.subject.id, "kind": finding.subject.kind, "fullyQualifiedName": _subject(finding)}
                ]
            }
        ],
        "properties": {"evidence": list(finding.evidence)},
    }
    if finding.accepted:
        result["suppressions"] = [{"kind": "external", "justification": finding.accepted}]
    return result


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(character for character in text if character in "\t\n\r" or character >= " ")
