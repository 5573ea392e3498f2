"""The people behind logins, as others know them."""

from __future__ import annotations

from collections.abc import Callable

from registry import Registry


def names(registry: Registry) -> Callable[[str], str]:
    """Says who a login is; what is no login stands for itself."""
    known = {user.login: user.name for user in registry.users.all()}
    return lambda login: known.get(login, login)
