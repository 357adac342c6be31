"""What an archive says about a study: its RO-Crate metadata, its study metadata, and its data overview."""

from __future__ import annotations

import json
import mimetypes
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from crosscase.core import Snapshot

__all__ = ["crate", "ddi", "overview"]

_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_DDI = "ddi:codebook:2_5"
#: The files whose purpose is said in the crate.
_PURPOSES = {
    "overview.md": "Data overview: how the data came about and what the study's claims rest on",
    "ddi.xml": "Study metadata in the manner of DDI Codebook",
    "manifest-sha256.txt": "SHA-256 of every other file",
    "project.qdpx": "The codings for other programs (REFI-QDA)",
    "study/study.toml": "The study folder: texts, tables, codebook, codings, claims",
}


def crate(snapshot: Snapshot, files: Mapping[str, bytes], *, date: str, version: str) -> bytes:
    """``ro-crate-metadata.json`` (RO-Crate 1.1): the dataset, its files with sizes, and the program that made it.

    ``date`` is the day of publication, ISO 8601; the specification asks for one.
    """
    names = sorted(files)
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": snapshot.study.title or "A study",
        "description": snapshot.study.question or "A multiple-case study with its evidence",
        "datePublished": date,
        "hasPart": [{"@id": name} for name in names],
        "license": {"@id": "#licence"},
        "mentions": {"@id": "#made"},
    }
    if snapshot.study.citation:
        root["citation"] = snapshot.study.citation
    program = {"@id": "#crosscase", "@type": "SoftwareApplication", "name": "Crosscase", "softwareVersion": version}
    entities: list[dict[str, Any]] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root,
        {
            "@id": "#licence",
            "@type": "CreativeWork",
            "name": "Not decided",
            "description": "The depositor states the terms of use; consent of the participants limits them.",
        },
        program,
        {"@id": "#made", "@type": "CreateAction", "instrument": {"@id": "#crosscase"}, "result": {"@id": "./"}},
        *(_file(name, len(files[name])) for name in names),
    ]
    return _json({"@context": _CONTEXT, "@graph": entities})


def _file(name: str, size: int) -> dict[str, Any]:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    entity = {"@id": name, "@type": "File", "contentSize": str(size), "encodingFormat": kind}
    if name in _PURPOSES:
        entity["description"] = _PURPOSES[name]
    return entity


def ddi(snapshot: Snapshot) -> bytes:
    """The study, its sampling, collection and variables under the element names of DDI Codebook 2.5.

    It is in its manner: not every element that the standard asks of a codebook is known to a study.
    """
    root = etree.Element(f"{{{_DDI}}}codeBook", nsmap={None: _DDI}, version="2.5")  # type: ignore[dict-item]
    study = snapshot.study

    def add(parent: Any, path: str, text: str = "", **attributes: str) -> Any:
        for tag in path.split("/"):
            parent = etree.SubElement(parent, f"{{{_DDI}}}{tag}")
        for name, value in attributes.items():
            parent.set(name, _xml(value))
        parent.text = _xml(text) or None
        return parent

    described = add(root, "stdyDscr")
    add(described, "citation/titlStmt/titl", study.title or "A study")
    if study.citation:
        add(described, "citation/biblCit", study.citation)
    info = add(described, "stdyInfo")
    if study.question:
        add(info, "abstract", study.question)
    summary = add(info, "sumDscr")
    dates = sorted(str(date) for date in snapshot.sources.column("date") if date is not None)
    if dates:
        add(summary, "collDate", dates[0], event="start")
        add(summary, "collDate", dates[-1], event="end")
    add(summary, "anlyUnit", "firm")
    collection = add(described, "method/dataColl")
    for rule in study.sampling:
        add(collection, "sampProc", " — ".join(one for one in (rule.text, rule.rule) if one), ID=f"rule-{rule.id}")
    for kind, count in _count(snapshot.sources.column("kind")):
        add(collection, "collMode", f"{kind}: {count}")
    data = add(root, "dataDscr")
    for variable in study.variables:
        one = add(data, "var", name=variable.name)
        if variable.label:
            add(one, "labl", variable.label)
        for value in variable.values:
            add(one, "catgry/catValu", value)
        add(
            one,
            "varFormat",
            type="numeric" if variable.type in ("number", "integer", "percent", "year") else "character",
        )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def overview(snapshot: Snapshot) -> str:
    """The data overview that Annotation for Transparent Inquiry asks for, as far as a study knows it, in Markdown."""
    study = snapshot.study
    lines = [f"# Data overview: {study.title or 'a study'}", ""]
    if study.synthetic:
        lines += ["**The data of this study are synthetic.**", ""]
    lines += ["## Project", "", study.question or "No research question is on record.", ""]
    lines += [f"Stance: {study.stance or 'not stated'}.", ""]
    lines += ["## How the data came about", ""]
    lines += [
        f"- {len(snapshot.cases)} cases, {len(snapshot.participants)} participants, {len(snapshot.sources)} sources"
    ]
    lines += [f"- {count} of kind {kind}" for kind, count in _count(snapshot.sources.column("kind"))]
    lines += [
        f"- {count} in the language {language}" for language, count in _count(snapshot.sources.column("language"))
    ]
    lines += [f"- sampling rule {rule.id}: {rule.text or rule.rule}" for rule in study.sampling]
    shown = len(snapshot.texts)
    lines += [f"- {shown} sources with their text, {len(snapshot.sources) - shown} without", ""]
    lines += ["## How they were analysed", ""]
    lines += [f"- {count} codes of level {level}" for level, count in _count(snapshot.codes.column("level"))]
    lines += [f"- {len(snapshot.codings)} codings by {len(set(snapshot.codings.column('coder')) - {''})} coders"]
    worded = sum(start is not None for start in snapshot.quotations.column("start"))
    lines += [f"- {worded} quotations with words, {len(snapshot.quotations) - worded} with a locator only", ""]
    lines += ["## What the claims rest on", ""]
    for claim in snapshot.claims:
        stances = _count(one.stance for one in snapshot.stances.where(claim=claim.id))
        said = ", ".join(f"{count} {stance}" for stance, count in stances) or "no evidence on record"
        lines += [f"- {claim.id}: {' '.join(claim.text.split()) or 'no text'} ({said})"]
    if not len(snapshot.claims):
        lines += ["No claims are on record."]
    return "\n".join(lines) + "\n"


def _count(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(value for value in values if value).items(), key=lambda pair: (-pair[1], pair[0]))


def _xml(text: str) -> str:
    from crosscase.exchange.refi.xml import allowed

    return allowed(text)


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
