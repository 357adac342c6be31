"""The region scheme that a study uses: one that comes with the program, or one that the study defines itself."""

from __future__ import annotations

import re

from crosscase.core import RegionScheme as OwnScheme
from crosscase.core import Study
from crosscase.core.errors import InputError, NotFoundError
from crosscase.engines.measures.regions import Membership, RegionScheme, scheme, scheme_names

DEFAULT = "yang-stoian-12"

_MEMBER = re.compile(r"([A-Z]{3})(?::(\d{4})?-(\d{4})?)?")


def declared_scheme(study: Study) -> RegionScheme:
    """The scheme named under ``[regions] scheme``; NotFoundError lists those that exist."""
    return find_scheme(study, study.region_scheme or DEFAULT)


def find_scheme(study: Study, name: str) -> RegionScheme:
    """A scheme of the study, or one that comes with the program."""
    for own in study.schemes:
        if own.id == name:
            return _own(own)
    if name not in scheme_names():
        raise NotFoundError(
            "region scheme", name, [*(one.id for one in study.schemes), *scheme_names()], where="study.toml, [regions]"
        )
    return scheme(name)


def _own(own: OwnScheme) -> RegionScheme:
    memberships = []
    for region, members in own.regions.items():
        for member in members:
            found = _MEMBER.fullmatch(member.strip())
            if found is None:
                raise InputError(
                    f"'{member}' is no member of a region",
                    where=f"study.toml, region scheme {own.id}, region {region}",
                    mend="write DEU, or GBR:1973-2020 with its first and last year",
                )
            place, first, last = found.groups()
            memberships.append(
                Membership(place, region, int(first) if first else None, int(last) + 1 if last else None)
            )
    return RegionScheme(own.id, own.version or "1", own.title, "defined by the study", tuple(memberships))
