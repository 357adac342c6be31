"""The routes by topic.  A topic has a ``router`` and, when it has a place in the navigation, ``NAVIGATION = (label, path)``."""

from __future__ import annotations

import importlib

from fastapi import APIRouter

#: The modules in the order of the navigation.
TOPICS = (
    "signing", "overview", "reader", "codings", "codebook", "structure", "quotations", "cases", "tables", "claims",
    "claimediting", "claimevidence", "claimtables", "constructs", "analyses", "brief", "agreement", "search", "memos",
    "findings", "records", "suggestions", "withdrawing", "work", "help", "live",
)  # fmt: skip

_modules = [importlib.import_module(f"crosscase.web.routes.{name}") for name in TOPICS]

ROUTERS: list[APIRouter] = [module.router for module in _modules]

#: How one gets into a study that is open on this machine; a server has its own ways.
SIGNING: APIRouter = ROUTERS[0]

NAVIGATION: list[tuple[str, str]] = [module.NAVIGATION for module in _modules if hasattr(module, "NAVIGATION")]
