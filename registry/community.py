"""Who belongs to the educational community on one platform, matched exactly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from records.minimise import minimised_key
from registry.values import Identity

PRECEDENCE: tuple[str, ...] = ("staff", "school", "organisation", "guardian", "student")


class Community:
    """The known identities on one platform, to be asked with a Relationship's keys.

    A platform id decides where it is known: a handle counts only for those whose platform id nobody
    has recorded, because a handle that was given up can be taken by a stranger. Where several people
    claim one handle, only the most trusted source counts. With a ``minimise_key`` the HMACs that stand
    in place of strangers' ids and handles are matched as well.

    Parameters
    ----------
    platform : the platform's name, ``x`` or ``facebook``.
    identities : everybody known on that platform; a lower ``trust`` is believed before a higher one.
    roster_date : when the roster was last imported, None if never.
    minimise_key : the district's key of :func:`records.minimise.minimised_key`.
    """

    def __init__(
        self,
        platform: str,
        identities: Iterable[Identity],
        roster_date: datetime | None,
        minimise_key: bytes | None = None,
    ) -> None:
        self.platform = platform
        self.roster_date = roster_date
        self._by_id: dict[str, str] = {}
        self._by_handle: dict[str, str] = {}
        for identity in sorted(identities, key=_least_believed_first):
            if identity.platform_id:
                self._by_id[f"{platform}:{identity.platform_id}"] = identity.kind
            elif identity.handle:
                self._by_handle[identity.handle.lower()] = identity.kind
        if minimise_key is not None:
            self._add_minimised(minimise_key)

    def classify(self, counterpart_key: str, handle_key: str | None) -> str | None:
        """The class of a relationship's other side, or None where it is not known to belong."""
        return self._by_id.get(_bare(counterpart_key)) or self._by_handle.get(_bare(handle_key or "").lower())

    def _add_minimised(self, key: bytes) -> None:
        for known, kind in list(self._by_id.items()):
            platform_id = known.removeprefix(f"{self.platform}:")
            self._by_id[minimised_key(key, self.platform, "id", platform_id)] = kind
        for handle, kind in list(self._by_handle.items()):
            self._by_handle[minimised_key(key, self.platform, "handle", handle)] = kind


def _bare(key: str) -> str:
    return key.removeprefix("hmac:")


def _least_believed_first(identity: Identity) -> tuple[int, int]:
    """A sort key that puts the most believed last, so that it overwrites the others."""
    return -identity.trust, -PRECEDENCE.index(identity.kind)
