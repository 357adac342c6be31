"""Mail with a link for a new password, through the mail server of the settings."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from crosscase.core.errors import InputError
from crosscase.web.hosted.settings import Settings

#: Seconds to wait for the mail server.
PATIENCE = 20

_TEXT = """Somebody, probably you, asked for a new password at {origin}.

This link sets one. It works once, for two hours:

{link}

If it was not you, nothing needs to be done: the old password still stands.
"""


class Mailer:
    """A mail server."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.mail)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise InputError("the mail server cannot be used", where="mail", mend="write smtp://user:password@host:587")
        if not settings.mail_from or not settings.address:
            raise InputError(
                "mail needs to say whom it is from and where its link leads", where="mail",
                mend="set mail_from and address",
            )  # fmt: skip
        self._parts = parts
        self._from = settings.mail_from
        self._origin = settings.origin

    def send_reset(self, to: str, link: str) -> None:
        """OSError (of which smtplib's errors are kinds) when it could not be sent."""
        message = EmailMessage()
        message["Subject"] = "A new password for Crosscase"
        message["From"], message["To"] = self._from, to
        message.set_content(_TEXT.format(origin=self._origin, link=link))
        with self._connect() as server:
            if self._parts.username:
                server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        host, context = str(self._parts.hostname), ssl.create_default_context()
        if self._parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._parts.port or 465, timeout=PATIENCE, context=context)
        server = smtplib.SMTP(host, self._parts.port or 587, timeout=PATIENCE)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif self._parts.username or host not in ("127.0.0.1", "localhost", "::1"):
            server.close()
            raise smtplib.SMTPNotSupportedError("the mail server offers no encryption, so nothing was sent")
        return server
