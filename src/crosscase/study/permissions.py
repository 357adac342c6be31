"""Who may do what in a study: the roles, mapped once to permissions, and the mark that a use case says its need with.

A study that one person has open on their own machine knows no members, and nothing is refused there.  On a server every
request works with the workspace *of a member* (:mod:`crosscase.study.members`): what a use case needs is said beside it with
:func:`needs`, and it runs only when the member's role has that permission.  A change that says nothing is the owner's alone.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from crosscase.core.errors import PermissionDenied

if TYPE_CHECKING:
    from crosscase.study.workspace import Workspace


class Permission(StrEnum):
    """Something that a person may be allowed to do in a study; the value is what a message calls it."""

    READ = "read the study"
    EXPORT = "take tables out as files"
    CODE = "code"
    CODEBOOK = "change the codebook"
    MEMO = "write memos"
    JUDGE = "accept findings and judge claims"
    OTHERS = "change the codings and memos of others"
    AUDIT = "read the audit trail"
    BRING_IN = "bring files in"
    MANAGE = "manage members"


class Role(StrEnum):
    """What a member is in a study."""

    OWNER = "owner"
    CODER = "coder"
    READER = "reader"
    AUDITOR = "auditor"


#: The one place where roles become permissions.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.CODER: frozenset(
        {
            Permission.READ,
            Permission.EXPORT,
            Permission.CODE,
            Permission.CODEBOOK,
            Permission.MEMO,
            Permission.JUDGE,
        }
    ),
    Role.READER: frozenset({Permission.READ}),
    Role.AUDITOR: frozenset({Permission.READ, Permission.EXPORT, Permission.AUDIT}),
}


class Scope(StrEnum):
    """What an API token is for; its bearer may do what the member may *and* the scope allows."""

    READ = "read"
    WRITE = "write"


SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.READ: frozenset({Permission.READ, Permission.EXPORT, Permission.AUDIT}),
    Scope.WRITE: frozenset(Permission) - {Permission.MANAGE},
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a study: the name that they code under, what they may do, and whether others' codings are hidden."""

    coder: str
    role: Role
    blind: bool = False
    scope: Scope | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the role, and for the bearer of a token its scope, has the permission.

        Who codes blind has no permission to read the audit trail, which tells what the others did.
        """
        if self.blind and permission is Permission.AUDIT:
            return False
        allowed = PERMISSIONS[self.role]
        return permission in (allowed if self.scope is None else allowed & SCOPES[self.scope])

    def require(self, permission: Permission) -> None:
        """PermissionDenied when the member may not."""
        if not self.may(permission):
            raise PermissionDenied(
                f"as {self.role} you may not {permission}", mend="ask an owner of the study for another role"
            )


Change = TypeVar("Change", bound=Callable[..., Any])


def needs(
    permission: Permission, *, blind: bool = True, first: Callable[..., object] | None = None
) -> Callable[[Change], Change]:
    """Mark a change of a study, ``change(workspace, who, …)``, with what it needs; it then runs on the whole study.

    The whole study also for a member who codes blind: a passage that others coded keeps its one quotation.  With ``blind``
    false it is refused to them, because what comes of it shows the codings of all.  ``first`` is called before with the same
    arguments by name, and with the study as the member sees it: what it refuses is not done.
    """

    def marked(change: Change) -> Change:
        @functools.wraps(change)
        def checked(workspace: Workspace, who: str, *given: Any, **named: Any) -> Any:
            if workspace.blind and not blind:
                raise PermissionDenied("this cannot be done while you code blind")
            whole = workspace.changing(permission, who)
            if first is not None:
                bound = inspect.signature(change).bind(workspace, who, *given, **named)
                bound.apply_defaults()
                first(**bound.arguments)
            return change(whole, who, *given, **named)

        return cast("Change", checked)

    return marked


def needs_own(permission: Permission, table: str, by: str) -> Callable[[Change], Change]:
    """As :func:`needs` for a change of one row, ``change(workspace, who, id, …)``; the row of another needs ``OTHERS``.

    ``by`` is the field of the table that says whose a row is.
    """

    def marked(change: Change) -> Change:
        @functools.wraps(change)
        def checked(workspace: Workspace, who: str, id: str, *given: Any, **named: Any) -> Any:
            return change(workspace.changing_row(permission, who, table, id, by), who, id, *given, **named)

        return cast("Change", checked)

    return marked
