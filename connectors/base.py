"""What every connector promises: what it can see, and how one check of one account ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from records.model import Account, Check, Completeness, Envelope, Platform

Keep = Callable[[Envelope], None]
"""Called with every exchange as it happens, errors too, so that it can be landed even if the check then fails."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one check is asked.

    ``since`` is the cursor with its overlap already applied; None asks from the beginning.
    ``known`` are record ids: for ``COMMENTS`` the posts whose comments are wanted, for ``RECHECK``
    the posts and comments to look at again.
    """

    now: datetime
    since: datetime | None
    known: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check ended well: ``seen`` items, and the time that it vouches for."""

    completeness: Completeness
    seen: int
    covers_from: datetime | None
    covers_to: datetime | None


class Connector(Protocol):
    """Reads one platform. It never writes to it, hides, deletes or blocks anything."""

    @property
    def platform(self) -> Platform:
        """The platform that this connector reads."""
        ...

    def capabilities(self) -> Mapping[Check, Completeness]:
        """The most that each check can see on this platform; a check that is absent is not made here."""
        ...

    def check(self, check: Check, account: Account, scope: Scope, keep: Keep) -> Checked:
        """Look once at ``account``.

        Raises
        ------
        Transient, Throttled, Terminal : the subclasses of :class:`records.errors.PlatformError`.
            What was exchanged before is already given to ``keep``.
        """
        ...
