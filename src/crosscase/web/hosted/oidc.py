"""Signing in through a provider of OpenID Connect, with Authlib (the extra ``oidc``).

A provider vouches for a subject, never for a name or an address: an account is found by the issuer and the id that the
provider gave it, so nobody comes in by having somebody's address there.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from crosscase.core.errors import InputError, MissingExtraError, NotFoundError, PermissionDenied
from crosscase.web.hosted.context import address, hosted, own_path, signed_in
from crosscase.web.hosted.settings import Settings

if TYPE_CHECKING:
    from crosscase.store.people import Account

router = APIRouter(prefix="/oidc", include_in_schema=False)

#: How often another name is tried when one is taken.
_NAMES = 20


class Provider:
    """The provider of the settings."""

    def __init__(self, settings: Settings) -> None:
        """MissingExtraError when Authlib is not installed."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the library about its own names
                from authlib.common.errors import AuthlibBaseError
                from authlib.integrations.starlette_client import OAuth
                from httpx import HTTPError
        except ImportError:
            raise MissingExtraError("authlib", "oidc") from None
        self.issuer = settings.oidc_issuer.rstrip("/")
        #: What goes wrong with an answer that is not the provider's, or not for this browser.
        self.troubles: tuple[type[Exception], ...] = (AuthlibBaseError, HTTPError, ValueError, KeyError)
        with contextlib.suppress(ImportError):  # newer versions of Authlib leave tokens to this library
            from joserfc.errors import JoseError

            self.troubles += (JoseError,)
        self.client: Any = OAuth().register(
            "provider",
            client_id=settings.oidc_client,
            client_secret=settings.oidc_secret,
            server_metadata_url=f"{self.issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )


@router.get("/start")
async def start(request: Request, next: str = "/studies", key: str = "", vouch: bool = False) -> Response:
    """To the provider; ``key`` is that of an invitation, ``vouch`` lets it vouch for the account that is signed in."""
    here = hosted(request)
    provider = _provider(request)
    request.session.clear()
    request.session.update(
        next=own_path(next), key=key, vouch=vouch and getattr(request.state, "person", None) is not None
    )
    answer: Response = await provider.client.authorize_redirect(request, f"{here.settings.origin}/oidc/callback")
    return answer


@router.get("/callback")
async def callback(request: Request) -> Response:
    """Back from the provider."""
    here, provider = hosted(request), _provider(request)
    wanted = {name: request.session.get(name) for name in ("next", "key", "vouch")}
    try:
        told = (await provider.client.authorize_access_token(request)).get("userinfo") or {}
    except provider.troubles:
        here.watching.sign_in(request.scope, "refused")
        raise PermissionDenied("the provider did not vouch for you", mend="try again") from None
    finally:
        request.session.clear()
    if not told.get("sub") or str(told.get("iss", "")).rstrip("/") != provider.issuer:
        raise PermissionDenied("the answer is another provider's")
    account = await run_in_threadpool(_account, request, told, wanted)
    secret = await run_in_threadpool(
        here.host.accounts.begin_session, account, address=address(request),
        browser=request.headers.get("user-agent", ""), old=here.gate.secret(request),
    )  # fmt: skip
    here.watching.sign_in(request.scope, "signed in")
    return signed_in(request, RedirectResponse(own_path(str(wanted["next"] or "/studies")), 303), secret)


def _account(request: Request, told: dict[str, Any], wanted: dict[str, Any]) -> Account:
    """The account that is vouched for: the one there is, that of who is signed in, or a new one by an invitation."""
    here = hosted(request)
    accounts, subject = here.host.accounts, f"{str(told['iss']).rstrip('/')} {told['sub']}"
    person = getattr(request.state, "person", None)
    if wanted["vouch"] and person is not None:
        accounts.vouch(person, subject)
        return person.account  # type: ignore[no-any-return]
    known = accounts.known_elsewhere(subject)
    if known is not None:
        if wanted["key"] and not known.disabled:
            accounts.join_known(str(wanted["key"]), known)
        return known
    name = str(told.get("preferred_username") or str(told.get("email", "")).partition("@")[0] or "member")
    email = str(told.get("email", "")) if told.get("email_verified") else ""
    for number in range(1, _NAMES):
        called = name if number == 1 else f"{name}-{number}"
        try:
            if wanted["key"]:
                return accounts.use_link(str(wanted["key"]), name=called, email=email, subject=subject)
            if here.settings.oidc_new_accounts:
                return accounts.add_account(called, email=email, subject=subject)
        except InputError as error:
            if "taken" not in error.what:
                raise
            continue
        break
    raise PermissionDenied(
        "you have no account here", mend="ask for an invitation, open its link, and sign in this way from there"
    )


def _provider(request: Request) -> Provider:
    found = hosted(request).provider
    if found is None:
        raise NotFoundError("provider", "OpenID Connect", [])
    return found
