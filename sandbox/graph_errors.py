"""The Graph API's error bodies, from documentation: https://developers.facebook.com/docs/graph-api/guides/error-handling."""

from __future__ import annotations

import hashlib
from datetime import datetime
from itertools import count
from typing import Any

_SERIAL = count(1)
_DOCUMENTATION = "Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"
_THROTTLES = {
    4: "(#4) Application request limit reached",
    17: "(#17) User request limit reached",
    32: "(#32) Page request limit reached",
}
_PASSING = {
    1: "An unknown error has occurred.",
    2: "An unexpected error has occurred. Please retry your request later.",
}


class GraphError(Exception):
    """An error answer: its status and body."""

    def __init__(self, code: int, message: str, status: int = 400, subcode: int | None = None, **more: Any) -> None:
        self.code = code
        self.status = status
        kind = "GraphMethodException" if code == 100 and subcode == 33 else "OAuthException"
        error = {"message": message, "type": kind, "code": code, **more}
        if subcode is not None:
            error["error_subcode"] = subcode
        error["fbtrace_id"] = "A" + hashlib.sha256(str(next(_SERIAL)).encode()).hexdigest()[:22]
        self.body = {"error": error}
        super().__init__(message)


def expired_token(died_at: datetime, now: datetime) -> GraphError:
    """190/463: the token was good once."""
    message = (
        f"Error validating access token: Session has expired on {died_at:%A, %d-%b-%y %H:%M:%S} UTC. "
        f"The current time is {now:%A, %d-%b-%y %H:%M:%S} UTC."
    )
    return GraphError(190, message, subcode=463)


def unknown_token() -> GraphError:
    """190: never a token."""
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token")


def no_token() -> GraphError:
    """104: none was sent."""
    return GraphError(104, "(#104) An access token is required to request this resource.")


def gone(object_id: str) -> GraphError:
    """100/33: deleted, hidden or never there; the Graph API does not say which."""
    message = (
        f"Unsupported get request. Object with ID '{object_id}' does not exist, cannot be loaded due to missing "
        f"permissions, or does not support this operation. {_DOCUMENTATION}"
    )
    return GraphError(100, message, subcode=33)


def unknown_alias(alias: str) -> GraphError:
    """803: no object has this name."""
    return GraphError(803, f"(#803) Some of the aliases you requested do not exist: {alias}", status=404)


def unknown_field(name: str, node: str) -> GraphError:
    """100: the node has no such field."""
    return GraphError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")


def unknown_path(path: str) -> GraphError:
    """2500: no such version or edge."""
    return GraphError(2500, f"Unknown path components: {path}")


def bad_parameter(message: str) -> GraphError:
    """100: a parameter cannot be used."""
    return GraphError(100, f"(#100) {message}")


def no_permission(permission: str) -> GraphError:
    """10: the token lives and may not see this."""
    message = (
        f"(#10) This endpoint requires the '{permission}' permission or the 'Page Public Content Access' feature. "
        "Refer to https://developers.facebook.com/docs/apps/review/login-permissions"
    )
    return GraphError(10, message, status=403)


def read_only() -> GraphError:
    """200: hallpass only reads, so no token of the sandbox may write."""
    return GraphError(200, "(#200) If posting to a page, requires pages_manage_posts as an admin", status=403)


def throttled(code: int) -> GraphError:
    """4 (app), 17 (user) or 32 (Page): too many calls."""
    return GraphError(code, _THROTTLES[code])


def passing(code: int) -> GraphError:
    """1 or 2: Facebook's own trouble."""
    return GraphError(code, _PASSING[code], status=500, is_transient=True)


def any_error(code: int, subcode: int | None) -> GraphError:
    """The error body of ``code``, for a planned fault."""
    if code in _THROTTLES:
        return throttled(code)
    if code in _PASSING:
        return passing(code)
    status = 403 if code == 10 or 200 <= code < 300 else 400
    return GraphError(code, f"(#{code}) Planned by the sandbox", status, subcode)
