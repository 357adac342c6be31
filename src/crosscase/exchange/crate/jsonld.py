"""``ro-crate-metadata.json``: the archive as an RO-Crate 1.1 (Sefton et al. 2021), written and read without a library.

One entity a file and a folder, the study as the root, people and coverage beside it.  DDI headings that schema.org has no
property for are ``PropertyValue`` entities whose ``propertyID`` names the element of the DDI Codebook.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from crosscase.core.errors import InputError
from crosscase.exchange.crate.description import Description

__all__ = ["METADATA", "crate", "described"]

METADATA = "ro-crate-metadata.json"
DDI = "ddi:codebook:2_5"

_TYPES = {
    ".toml": "application/toml", ".csv": "text/csv", ".md": "text/markdown", ".txt": "text/plain", ".svg": "image/svg+xml",
    ".qdpx": "application/zip", ".html": "text/html", ".json": "application/json", ".tex": "application/x-tex",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".pdf": "application/pdf",
    ".png": "image/png", ".tsv": "text/tab-separated-values", ".vtt": "text/vtt", ".srt": "application/x-subrip",
}  # fmt: skip
_FOLDERS = {
    "study/": "The study folder: texts, codebook, codings, events, claims, in open formats",
    "report/": "The report, its tables and figures",
}
_FILES = {
    "project.qdpx": "The texts and codings as a REFI-QDA project",
    "data-overview.md": "How the data were generated, analysed and annotated",
    "manifest-sha256.txt": "SHA-256 of every other file",
}


def crate(
    description: Description,
    files: Mapping[str, bytes],
    *,
    unhashed: Sequence[str],
    counts: Mapping[str, int],
    date: str,
) -> bytes:
    """The metadata file: ``files`` are described with their sizes, ``unhashed`` by name only; ``date`` is ISO 8601."""
    folders: dict[str, list[str]] = {"./": []}
    for name in sorted([*files, *unhashed]):
        for folder, inside in _ancestors(name):
            folders.setdefault(folder, [])
            if inside not in folders[folder]:
                folders[folder].append(inside)
    graph: list[dict[str, Any]] = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "about": _ref("./"),
            "conformsTo": _ref("https://w3id.org/ro/crate/1.1"),
        }
    ]
    properties = [*_headings(description), *_counts(counts)]
    people = [
        {"@id": f"#person-{place}", "@type": "Person", "name": name}
        for place, name in enumerate(description.authors, 1)
    ]
    graph.append(_root(description, folders.pop("./"), properties, people, date))
    for folder, parts in folders.items():
        entity = {"@id": _id(folder), "@type": "Dataset", "name": _FOLDERS.get(folder, folder)}
        graph.append({**entity, "hasPart": [_ref(_id(one)) for one in parts]})
    for name in sorted([*files, *unhashed]):
        graph.append(_file(name, files.get(name)))
    license = {
        "@id": "#license",
        "@type": "CreativeWork",
        "name": description.license or "No licence is stated",
        "description": description["Access conditions"] or "The study states no conditions of access; ask its authors.",
    }
    places = [
        {"@id": f"#place-{one}", "@type": "Country", "name": one, "identifier": one} for one in description.places
    ]
    graph += [license, *people, *places, *properties]
    document = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def described(content: bytes) -> tuple[set[str], dict[str, int], dict[str, int]]:
    """The names of the files that a metadata file describes, the sizes it gives, and its counts of the study's rows.

    Raises:
        InputError: it is no JSON-LD of an RO-Crate.
    """
    try:
        graph = json.loads(content)["@graph"]
        entities = {str(one["@id"]): one for one in graph}
        root = entities["./"]
        kinds = {id: _kinds(one) for id, one in entities.items()}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"it does not describe a crate ({type(error).__name__}: {error})",
            where=METADATA,
            mend="get the archive again from where it is kept",
        ) from None
    names, sizes = set(), {}
    for id, one in entities.items():
        if "File" in kinds[id]:
            names.add(name := unquote(id))
            if str(one.get("contentSize", "")).isdigit():
                sizes[name] = int(one["contentSize"])
    counts = {}
    for reference in _listed(root.get("additionalProperty")):
        one = entities.get(str(reference.get("@id")) if isinstance(reference, Mapping) else "", {})
        if str(one.get("propertyID", "")).startswith("crosscase:count") and isinstance(one.get("value"), int):
            counts[str(one.get("name"))] = int(one["value"])
    return names, sizes, counts


def _root(
    description: Description,
    inside: list[str],
    properties: list[dict[str, Any]],
    people: list[dict[str, Any]],
    date: str,
) -> dict[str, Any]:
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": description.title or "A study without a title",
        "description": description.abstract or "The study states no research question.",
        "datePublished": date,
        "license": _ref("#license"),
    }
    if people:
        root["creator"] = [_ref(one["@id"]) for one in people]
    if description.citation:
        root["citation"] = description.citation
    if description.years:
        root["temporalCoverage"] = f"{description.years[0]:04}/{description.years[1]:04}"
    if description.places:
        root["spatialCoverage"] = [_ref(f"#place-{one}") for one in description.places]
    root["additionalProperty"] = [_ref(one["@id"]) for one in properties]
    root["hasPart"] = [_ref(_id(one)) for one in inside]
    return root


def _headings(description: Description) -> list[dict[str, Any]]:
    return [
        {
            "@id": f"#ddi-{one.element.rsplit('/', 1)[-1]}",
            "@type": "PropertyValue",
            "name": one.name,
            "propertyID": f"{DDI} stdyDscr/{one.element}",
            "value": one.text,
        }
        for one in description.headings
        if one.text
    ]


def _counts(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "@id": f"#count-{name}",
            "@type": "PropertyValue",
            "name": name,
            "propertyID": f"crosscase:count:{name}",
            "value": count,
        }
        for name, count in counts.items()
        if count
    ]


def _file(name: str, content: bytes | None) -> dict[str, Any]:
    suffix = PurePosixPath(name).suffix.casefold()
    kind = _TYPES.get(suffix, "application/octet-stream")
    entity: dict[str, Any] = {"@id": _id(name), "@type": "File", "name": _FILES.get(name, PurePosixPath(name).name)}
    if content is not None:
        entity["contentSize"] = str(len(content))
    return {**entity, "encodingFormat": kind}


def _ancestors(name: str) -> list[tuple[str, str]]:
    """Each folder that a file is in, the root first, with what of the file's path is directly in it."""
    parts = name.split("/")
    folders = ["./"] + ["/".join(parts[:place]) + "/" for place in range(1, len(parts))]
    return [*pairwise(folders), (folders[-1], name)]


def _id(name: str) -> str:
    """A path as a relative URI; a colon in its first part would read as a scheme."""
    return quote(name, safe="/-._~!$&'()*+,;=@")


def _ref(id: str) -> dict[str, str]:
    return {"@id": id}


def _kinds(entity: Mapping[str, Any]) -> list[Any]:
    return _listed(entity.get("@type"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
