"""What a report asks of the registry; :class:`registry.Registry` answers it, and so can a test's own object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from registry.values import Grant, Mark, Photograph, RegisteredAccount


class RegistryView(Protocol):
    """The registered accounts, the marks, the photographs and the permissions."""

    def registered(self, include_inactive: bool = False) -> Sequence[RegisteredAccount]: ...

    def marks(self) -> Sequence[Mark]: ...

    def photographs(self) -> Sequence[Photograph]: ...

    def grants(self) -> Sequence[Grant]: ...


class CommunityView(Protocol):
    """Who belongs to the educational community on one platform, and as of when the roster says so."""

    roster_date: datetime | None

    def classify(self, counterpart_key: str, handle_key: str | None) -> str | None: ...
