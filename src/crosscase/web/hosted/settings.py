"""The settings of a server: from the environment (``CROSSCASE_…``), else from a toml file, else as they stand here.

docs/server.md has a line for each; a test says so.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crosscase.compute.pool import Pool
from crosscase.core.errors import InputError, NotFoundError
from crosscase.study.embeddings import Address

#: What the name of a variable of the environment begins with.
PREFIX = "CROSSCASE_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    #: ``postgresql://…`` or ``sqlite:///…``.
    database: str = ""
    #: The address that people type, as ``https://crosscase.example.org``; links are made with it, and with nothing else.
    address: str = ""
    #: Where the server listens.
    listen: str = "127.0.0.1"
    port: int = 8470
    #: Other names under which the server may be asked, with commas between them; the address's own is always one.
    allowed_hosts: str = ""
    #: Addresses of proxies, with commas between them, whose ``X-Forwarded-For`` and ``-Proto`` are believed; nobody's by default.
    trusted_proxies: str = ""
    #: The most bytes that one request may bring.
    largest_upload: int = 100_000_000
    #: Seconds in which the whole of a request must have come.
    patience: int = 60
    #: How many studies are held in memory at once.
    open_studies: int = 16
    #: How many processes the server starts beside itself for long work; 0 when ``crosscase worker`` runs apart from it.
    workers: int = 1
    #: What a worker computes draws on: ``joblib``, ``dask`` or ``ray``; in how many processes; where its cluster is.
    backend: str = "joblib"
    processes: int = 1
    cluster: str = ""
    #: A folder for what is in work: checkpoints, and files that are being read.
    spool: str = ""
    #: What may read ``/metrics`` from elsewhere, as ``Authorization: Bearer``; empty: this machine alone.
    metrics_token: str = ""
    #: ``json`` or ``none``: a line for each request and each thing that has to do with who comes in.
    log: str = "json"
    #: A mail server, as ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://…``; without one owners issue links.
    mail: str = ""
    #: Whom mail is from.
    mail_from: str = ""
    #: A provider of OpenID Connect: its issuer, and what it knows this server by.
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    #: What the button says.
    oidc_name: str = "your university"
    #: The services that a study may choose for suggestions, each with url, model and key (the environment variable that holds
    #: it); no other address is ever asked.  In the environment as JSON.
    suggestion_addresses: tuple[Address, ...] = ()
    #: Whether somebody whom the provider vouches for gets an account without an invitation (it is in no study then).
    oidc_new_accounts: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if self.address and (
            parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/")
        ):
            raise InputError(
                f"the address {self.address!r} cannot be used",
                where="address",
                mend="write https://host, without a path",
            )
        if self.log not in ("json", "none"):
            raise NotFoundError("kind of log", self.log, ["json", "none"], where="log")
        self.pool  # noqa: B018 (a backend that there is none of is said at once)

    @property
    def pool(self) -> Pool:
        """What a worker computes on."""
        return Pool(self.backend, self.processes, self.cluster)

    @property
    def origin(self) -> str:
        """The public address, without a slash at its end."""
        return (self.address or f"http://{self.listen}:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether the public address is reached by https."""
        return self.origin.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """The names that a request may ask for, with their ports as a browser sends them."""
        own = {urlsplit(self.origin).netloc.lower()}
        if not self.address:
            own |= {f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        return frozenset(own | {one.strip().lower() for one in self.allowed_hosts.split(",") if one.strip()})


def read_settings(file: Path | None = None, environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """The settings; what is ``given`` and not ``None`` counts before the environment, and that before the file.

    Raises:
        InputError: the file cannot be read, or a value is not what it should be.
        NotFoundError: the file has a setting that there is none of.
    """
    known = {one.name: type(one.default) for one in fields(Settings)}
    values: dict[str, Any] = {}
    if file is not None:
        try:
            written = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"the settings cannot be read: {error}", where=str(file)) from None
        for name, value in written.items():
            if name not in known:
                raise NotFoundError("setting", name, known, where=str(file))
            values[name] = _value(name, known[name], value, str(file))
    for name, kind in known.items():
        variable = PREFIX + name.upper()
        found = (os.environ if environment is None else environment).get(variable)
        if found is not None:
            values[name] = _value(name, kind, found, variable)
    return Settings(**{**values, **{name: value for name, value in given.items() if value is not None}})


def _value(name: str, kind: type, value: Any, where: str) -> Any:
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    if kind is tuple:
        return _services(name, value, where)
    if kind is bool and str(value).casefold() in ("true", "false", "1", "0"):
        return str(value).casefold() in ("true", "1")
    if kind is int and str(value).isdecimal():
        return int(value)
    raise InputError(f"the setting {name} is no {kind.__name__}: {value!r}", where=where)


def _services(name: str, value: Any, where: str) -> tuple[Address, ...]:
    """The services of a list of tables, from toml or from JSON."""
    try:
        listed = json.loads(value) if isinstance(value, str) else value
        if not isinstance(listed, list):
            raise TypeError
        for one in listed:
            if not {"url", "model"} <= set(one) <= {"url", "model", "key"} or {type(each) for each in one.values()} != {
                str
            }:
                raise TypeError
    except (ValueError, TypeError, AttributeError):
        raise InputError(
            f"the setting {name} cannot be read: {value!r}",
            where=where,
            mend='write a list, as in [{ url = "https://host/v1", model = "NAME", key = "VARIABLE" }]; key may be left out',
        ) from None
    return tuple(Address(**one) for one in listed)
