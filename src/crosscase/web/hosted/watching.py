"""What the server tells those who run it: a structured line for each request, and numbers for Prometheus.

Nothing of a study is in either: a route is named by its pattern, a study and a person by nothing but a number that means
something on this server alone.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import Scope

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)


class Watching:
    """Lines and numbers of one server."""

    def __init__(self, kind: str = "json", write: Callable[[str], object] | None = None) -> None:
        self._write = write or (lambda line: print(line, file=sys.stderr, flush=True))
        self._on = kind == "json"
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("crosscase_requests", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram(
            "crosscase_request_seconds", "Time to answer", ("route",), buckets=_BUCKETS, registry=self.registry
        )
        self._events = Counter(
            "crosscase_sign_ins", "Sign-ins by what came of them", ("outcome",), registry=self.registry
        )
        self.streams = Gauge("crosscase_open_pages", "Pages that wait for changes", registry=self.registry)
        self.work = Gauge("crosscase_work", "Long work that waits and runs", ("state",), registry=self.registry)

    def request(self, scope: Scope, status: int, seconds: float) -> None:
        """A request was answered."""
        route = _route(scope)
        self._requests.labels(scope["method"] if scope["method"] in _METHODS else "other", route, str(status)).inc()
        if not route.endswith("/api/events"):  # such a one lasts as long as a page is open
            self._seconds.labels(route).observe(seconds)
        if route not in ("/health", "/metrics", "/static"):
            self.tell(
                "request", scope, method=scope["method"][:20], route=route, status=status, ms=round(seconds * 1000, 1)
            )

    def sign_in(self, scope: Scope, outcome: str) -> None:
        """Somebody tried to come in."""
        self._events.labels(outcome).inc()
        self.tell("sign-in", scope, outcome=outcome)

    def tell(self, event: str, scope: Scope | None = None, **facts: Any) -> None:
        """One line.  ``facts`` are numbers and words of our own, never what somebody wrote."""
        if not self._on:
            return
        state = (scope or {}).get("state", {})
        person, opened = state.get("person"), state.get("opened")
        line = {
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "event": event,
            **facts,
            **({"account": person.account.key} if person else {}),
            **({"study": opened.membership.study} if opened else {}),
            **({"from": scope["client"][0]} if scope and scope.get("client") else {}),
        }
        self._write(json.dumps(line))

    def numbers(self) -> bytes:
        """All numbers in the text format of Prometheus."""
        return generate_latest(self.registry)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _route(scope: Scope) -> str:
    """The pattern of the route that answered; one word for everything that none did."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    if scope["path"].startswith("/static/"):
        return "/static"
    if path is None:
        return "none"
    return f"/s/STUDY{path}" if scope["path"].startswith("/s/") else str(path)
