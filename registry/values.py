"""What the registry's services take and give: frozen, without behaviour, times aware and in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from records.canonical import digest
from records.errors import BadInput
from records.model import Account

PermissionOutcome = Literal["permitted", "no_permission", "expired", "not_yet"]


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """An account as somebody asks to register it; ``owner_id`` and ``school`` are the roster's sourcedIds.

    Without ``registered_at`` it counts as registered at the moment of the decision; without
    ``consent_verified_at`` it is listed, and not collected until it is verified.
    """

    platform: str
    platform_id: str
    handle: str
    owner_id: str
    school: str
    purpose: str
    credential: str
    registered_at: datetime | None = None
    consent_verified_at: datetime | None = None
    consent_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegisteredAccount:
    """An account with what a person wants to read beside it; ``state`` is ``active`` or ``inactive``.

    ``owner_email`` is empty where the roster has none.
    """

    account: Account
    state: str
    owner_name: str
    school_title: str
    owner_email: str = ""

    @property
    def version(self) -> str:
        """Names what of it people decide: another one after each change of that."""
        account = self.account
        return digest([account.owner_id, account.school, account.purpose, account.credential, self.state])


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an account shall be from now on: sourcedIds of owner and school, purpose, name of its connection."""

    owner_id: str
    school: str
    purpose: str
    credential: str


@dataclass(frozen=True, slots=True)
class DeactivationProposal:
    """An active account whose owner is no longer on the roster. A person decides; the archive stays."""

    account_id: str
    handle: str
    owner_id: str
    left_at: datetime


@dataclass(frozen=True, slots=True)
class RosterReport:
    """What a roster import did, or would do where ``dry_run``. The counts are people.

    ``people`` counts everybody who is now on the roster by kind; ``identities`` counts their known
    handles; ``proposals`` are all accounts whose owner is gone, from earlier imports too.
    """

    version: str
    sha256: str
    at: datetime
    dry_run: bool
    people: Mapping[str, int]
    organisations: int
    identities: int
    added: int
    updated: int
    removed: int
    unchanged: int
    proposals: tuple[DeactivationProposal, ...]


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one row of a CSV file; ``line`` counts from 1, the header included."""

    line: int
    what: str
    todo: str = ""

    @property
    def message(self) -> str:
        """Both in one line."""
        return f"{self.what}. {self.todo}" if self.todo else self.what


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a CSV import did; with any ``errors`` it changed nothing.

    ``added`` counts the rows that brought something new, ``unchanged`` those that stood there already.
    """

    file: str
    dry_run: bool
    added: int
    unchanged: int
    errors: tuple[RowError, ...] = ()

    def require_clean(self) -> ImportReport:
        """The report itself, or BadInput with the first error where there is one."""
        if not self.errors:
            return self
        first, others = self.errors[0], len(self.errors) - 1
        also = f" (and {others} more)" if others else ""
        raise BadInput(
            f"{self.file} line {first.line}: {first.message}{also}; nothing was imported",
            "Correct the file and import it again",
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """The current version of a district mark. Its ``mark_id`` is the asset that a grant names."""

    mark_id: str
    title: str
    version: int
    media_type: str
    sha256: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Photograph:
    """The current version of a photograph of the district's. Its ``photo_id`` is the asset that a grant names."""

    photo_id: str
    title: str
    version: int
    media_type: str
    sha256: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An image that resembles a mark and is not the district's; the detector must leave it alone."""

    lookalike_id: str
    title: str
    media_type: str
    sha256: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class References:
    """The reference images as files: each mark in all its versions, oldest first. ``digest`` names the whole set."""

    marks: Mapping[str, list[Path]]
    lookalikes: Mapping[str, Path]
    digest: str


@dataclass(frozen=True, slots=True)
class Photographs:
    """The district's photographs as files, each in all its versions, oldest first. ``digest`` names the whole set."""

    files: Mapping[str, list[Path]]
    digest: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission to use an asset, from ``starts`` up to but not including ``ends``.

    ``account_id`` None means every registered account; ``ends`` None means until revoked; ``renews`` is
    the permission that it carries on.
    """

    grant_id: str
    asset: str
    account_id: str | None
    purpose: str
    starts: datetime
    ends: datetime | None
    decided_by: str
    decided_at: datetime
    why: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoked_why: str | None = None
    conditions: str | None = None
    renews: str | None = None


@dataclass(frozen=True, slots=True)
class GrantAnswer:
    """Whether an asset might be used by an account at a moment, with the grant and a sentence that says why."""

    outcome: PermissionOutcome
    grant: Grant | None
    basis: str

    @property
    def grant_id(self) -> str | None:
        """The number of the grant that decided."""
        return self.grant.grant_id if self.grant else None


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation outside the roster (PTO, city, state department) that the superintendent accepted.

    It counts as part of the community while ``taken_back_at`` is None.
    """

    organisation_id: str
    platform: str
    platform_id: str | None
    handle: str | None
    title: str
    accepted_by: str
    accepted_at: datetime
    why: str
    taken_back_at: datetime | None = None
    taken_back_by: str | None = None
    taken_back_why: str | None = None


@dataclass(frozen=True, slots=True)
class GoLiveItem:
    """One thing that must be done before anything real is collected; ``done_at`` None means it is not."""

    item: str
    title: str
    done_at: datetime | None = None
    done_by: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """One account on a platform of somebody whose class is ``kind``; a lower ``trust`` is believed first."""

    kind: str
    platform_id: str | None
    handle: str | None
    trust: int = 0
