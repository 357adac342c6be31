"""Addresses of our own pages, to come back to."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fastapi.responses import RedirectResponse, Response

from crosscase.core.errors import InputError


def inside(to: str, *, said: str = "") -> str:
    """An address of a page of the workspace, with the words that it is to show.

    Raises:
        InputError: it leads elsewhere.
    """
    if not to.startswith("/") or to.startswith(("//", "/\\")) or any(ord(one) < 32 for one in to):
        raise InputError("this is no page of the workspace", where="to")
    if not said:
        return to
    parts = urlsplit(to)
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "said"]
    return urlunsplit(("", "", parts.path, urlencode([*asked, ("said", said)]), parts.fragment))


def back(to: str, said: str = "") -> Response:
    """The answer that leads to a page of ours, which may say something; raises as :func:`inside`."""
    return RedirectResponse(inside(to, said=said), 303)
