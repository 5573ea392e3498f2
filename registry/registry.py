"""The one door to what people decide. Each method is one transaction; each change leaves its event in the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

from records.model import Account, Decision
from registry.community import Community
from registry.values import (
    AccountDraft,
    DeactivationProposal,
    GoLiveItem,
    Grant,
    GrantAnswer,
    ImportReport,
    Lookalike,
    Mark,
    Organisation,
    References,
    RegisteredAccount,
    RosterReport,
)


class Registry:
    """Accounts, consents, the roster, marks, grants, organisations and the go-live checklist.

    Every changing method takes who decided (``by``), when (``at``, aware) and why. Wrong input raises
    :class:`records.errors.BadInput` and changes nothing. An ``account`` argument is an account id
    (``x:1845``, that is ``{platform}:{platform id}``) or a handle, with or without ``@``.
    """

    @classmethod
    def open(cls, url_or_path: str | Path) -> Self:
        """The registry at an SQLAlchemy URL or an SQLite file (made if absent), migrated to the newest schema."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back the database connections."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # accounts

    def add_account(self, draft: AccountDraft, by: str, at: datetime, why: str) -> Account:
        raise NotImplementedError

    def import_accounts(self, csv_path: Path, by: str, at: datetime, dry_run: bool = False) -> ImportReport:
        raise NotImplementedError

    def verify_account(
        self, account: str, method: str, by: str, at: datetime, why: str, expires_at: datetime | None = None
    ) -> Account:
        """Record that ownership was proven (``code-in-bio``, ``oauth`` or ``letter``); holds a year by default."""
        raise NotImplementedError

    def deactivate_account(self, account: str, by: str, at: datetime, why: str) -> Account:
        raise NotImplementedError

    def accounts(self, include_inactive: bool = False) -> list[Account]:
        """The registered accounts, those without a consent in force too: the collector refuses them."""
        raise NotImplementedError

    def registered(self, include_inactive: bool = False) -> list[RegisteredAccount]:
        """The accounts with owner's name, school's title and state, for people to read."""
        raise NotImplementedError

    def account(self, handle_or_id: str) -> Account:
        raise NotImplementedError

    def deactivation_proposals(self) -> list[DeactivationProposal]:
        raise NotImplementedError

    def schools(self) -> Mapping[str, str]:
        """The titles of the roster's organisations by sourcedId."""
        raise NotImplementedError

    # roster

    def import_roster(self, zip_path: Path, by: str, at: datetime, dry_run: bool = False) -> RosterReport:
        """Bring a OneRoster 1.1 or 1.2 zip in, all of it or nothing."""
        raise NotImplementedError

    def community(self, platform: str, minimise_key: bytes | None = None) -> Community:
        raise NotImplementedError

    # marks and lookalikes

    def add_mark(self, mark_id: str, title: str, path: Path, by: str, at: datetime, why: str = "") -> Mark:
        """A new mark, or a new version of one; the same picture again changes nothing."""
        raise NotImplementedError

    def add_lookalike(
        self, lookalike_id: str, title: str, path: Path, by: str, at: datetime, why: str = ""
    ) -> Lookalike:
        raise NotImplementedError

    def marks(self) -> list[Mark]:
        raise NotImplementedError

    def lookalikes(self) -> list[Lookalike]:
        raise NotImplementedError

    def materialise_references(self, folder: Path) -> References:
        raise NotImplementedError

    # grants

    def add_grant(
        self,
        asset: str,
        account: str | None,
        purpose: str,
        starts: datetime,
        ends: datetime | None,
        decided_by: str,
        at: datetime,
        why: str,
    ) -> Grant:
        raise NotImplementedError

    def import_grants(self, csv_path: Path, by: str, at: datetime, dry_run: bool = False) -> ImportReport:
        raise NotImplementedError

    def revoke_grant(self, grant_id: str, by: str, at: datetime, why: str) -> Grant:
        raise NotImplementedError

    def grants(self) -> list[Grant]:
        raise NotImplementedError

    def permission(self, asset: str, account_id: str, at: datetime) -> GrantAnswer:
        """What was in force at ``at``, the time of the post."""
        raise NotImplementedError

    # organisations

    def add_organisation(
        self,
        platform: str,
        title: str,
        accepted_by: str,
        at: datetime,
        why: str,
        handle: str | None = None,
        platform_id: str | None = None,
    ) -> Organisation:
        raise NotImplementedError

    def import_organisations(self, csv_path: Path, by: str, at: datetime, dry_run: bool = False) -> ImportReport:
        raise NotImplementedError

    def organisations(self) -> list[Organisation]:
        raise NotImplementedError

    # go-live

    def go_live(self) -> list[GoLiveItem]:
        raise NotImplementedError

    def go_live_missing(self) -> list[str]:
        """What is still to be done before anything real may be collected; empty means go."""
        raise NotImplementedError

    def go_live_done(self, item: str, by: str, at: datetime, reference: str) -> GoLiveItem:
        raise NotImplementedError

    # outbox

    def outbox(self) -> list[Decision]:
        """The events that have not been landed, in the order in which they were decided."""
        raise NotImplementedError

    def landed(self, event_ids: Iterable[str]) -> None:
        """Note that these events are durable in landing."""
        raise NotImplementedError
