"""By which attributes an outsider could recognise a firm, and which firms are alone with theirs (k-anonymity, Sweeney 2002).

The check that says so (R802) and the report that generalises profiles before it leaves read the same here.  In study.toml::

    [privacy]
    k = 3                                    # so many cases share every profile
    quasi_identifiers = ["sector", "founded"]
    public = "printed in Table 2 of …"       # the profiles are known already: nothing is generalised, and this is said
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crosscase.core import Case, Snapshot
from crosscase.core.errors import InputError

#: How many cases share a profile at least, unless ``[privacy] k`` in study.toml or the command line says otherwise.
SMALLEST_GROUP = 3
#: Types of variable by which an outsider can recognise a firm, unless ``[privacy] quasi_identifiers`` names variables.
PROFILE_TYPES = ("category", "year", "country", "boolean", "number", "integer", "percent")


def group_size(snapshot: Snapshot, given: int | None = None) -> int:
    """How many cases are to share a profile: as ``given``, else as the study says, else :data:`SMALLEST_GROUP`.

    Raises:
        InputError: it is no whole number from 2 on.
    """
    k = privacy(snapshot).get("k", SMALLEST_GROUP) if given is None else given
    if isinstance(k, bool) or not isinstance(k, int) or k < 2:
        where = "study.toml, [privacy]" if given is None else ""
        raise InputError(f"k is {k!r}", where=where, mend="write a whole number from 2")
    return k


def quasi_identifiers(snapshot: Snapshot) -> list[str]:
    """The variables that ``[privacy] quasi_identifiers`` names, else those of :data:`PROFILE_TYPES`.

    Raises:
        InputError: it is no list.
    """
    named = privacy(snapshot).get("quasi_identifiers")
    if named is None:
        return [variable.name for variable in snapshot.study.variables if variable.type in PROFILE_TYPES]
    if not isinstance(named, list):
        where = "study.toml, [privacy], quasi_identifiers"
        raise InputError(f"{named!r} is no list", where=where, mend='write ["sector"]')
    return [str(name) for name in named]


def alone(cases: Iterable[Case], names: Sequence[str], k: int) -> list[str]:
    """The cases whose profile fewer than ``k`` cases share; a case without any of the attributes has no profile."""
    profiles = {case.id: tuple(case.attributes.get(name, "").strip().casefold() for name in names) for case in cases}
    sizes = Counter(profiles.values())
    return [case for case, profile in profiles.items() if any(profile) and sizes[profile] < k]


def public_because(snapshot: Snapshot) -> str:
    """Why the profiles need no protection: the study says where they are printed, or invented them; else empty."""
    said = str(privacy(snapshot).get("public", "")).strip()
    return said or ("the firms of this study are invented" if snapshot.study.synthetic else "")


def privacy(snapshot: Snapshot) -> Mapping[str, Any]:
    """``[privacy]`` of study.toml."""
    given = snapshot.study.extra.get("privacy", {})
    return given if isinstance(given, Mapping) else {}
