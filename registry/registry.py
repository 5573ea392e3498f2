"""The one door to what people decide. Each method is one transaction; each change leaves its event in the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from records.errors import BadInput
from records.model import Account, Decision
from registry import accounts, assets, golive, grants, organisations, outbox, roster
from registry.audit import Audit
from registry.books import Books, ReadBooks
from registry.budgets import Budgets
from registry.closures import Closures
from registry.community import Community
from registry.credentials import Credentials
from registry.csvimport import Apply, import_rows
from registry.database import Database
from registry.deposits import Deposits
from registry.directory import Directory
from registry.dispositions import Dispositions
from registry.exports import Exports
from registry.holds import Holds
from registry.incidents import Incidents
from registry.ledger import LedgerEvents
from registry.looks import Looks
from registry.mailing import Mailing
from registry.oneroster import Roster
from registry.outbox import Decided, Event
from registry.ownership import Ownership
from registry.pictures import Picture
from registry.procedures import Procedures
from registry.proposals import Proposals
from registry.public_requests import PublicRequests
from registry.recipients import Recipients
from registry.requests import Requests
from registry.retention import Retention
from registry.reviews import Reviews
from registry.sessions import Sessions
from registry.users import Users
from registry.values import (
    AccountChange,
    AccountDraft,
    DeactivationProposal,
    GoLiveItem,
    Grant,
    GrantAnswer,
    ImportReport,
    Lookalike,
    Mark,
    Organisation,
    Photograph,
    Photographs,
    References,
    RegisteredAccount,
    RosterReport,
)


class Registry:
    """Accounts, consents, the roster, marks, grants, organisations and the go-live checklist.

    Every changing method takes who decided (``by``), when (``at``, aware) and why. Wrong input raises
    :class:`records.errors.BadInput` and changes nothing; :class:`records.errors.Busy` means that another
    process holds the registry. An ``account`` argument is an account id (``x:1845``, that is
    ``{platform}:{platform id}``) or a handle, with or without ``@``. The CSV imports change nothing where
    their report has errors or is a ``dry_run``; dates without a zone are in ``zone``.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reviews = Reviews(database)
        self.requests = Requests(database)
        self.procedures = Procedures(database)
        self.ownership = Ownership(database)
        self.proposals = Proposals(database)
        self.looks = Looks(database)
        self.deposits = Deposits(database)
        self.credentials = Credentials(database)
        self.budgets = Budgets(database)
        self.directory = Directory(database)
        self.users = Users(database)
        self.sessions = Sessions(database)
        self.closures = Closures(database)
        self.recipients = Recipients(database)
        self.mailing = Mailing(database)
        self.incidents = Incidents(database)
        self.retention = Retention(database)
        self.holds = Holds(database)
        self.exports = Exports(database)
        self.public_requests = PublicRequests(database)
        self.dispositions = Dispositions(database)
        self.ledger_events = LedgerEvents(database)
        self.audit = Audit(database)

    @classmethod
    def open(cls, url_or_path: str | Path) -> Self:
        """The registry at an SQLAlchemy URL or an SQLite file (made if absent), migrated to the newest schema."""
        return cls(Database(url_or_path))

    def close(self) -> None:
        """Give back the database connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # accounts

    def add_account(self, draft: AccountDraft, by: str, at: datetime, why: str) -> Account:
        """Register an account; one that was deactivated comes back."""
        with self._database.write() as session:
            return accounts.add(Books(session), draft, Decided(by, at, why))

    def import_accounts(
        self, csv_path: Path, by: str, at: datetime, dry_run: bool = False, zone: tzinfo = UTC
    ) -> ImportReport:
        """Register the accounts of an ``accounts.csv``; rows that are registered exactly so are passed over."""
        decided = Decided(by, at, f"imported from {csv_path.name}")

        def apply(session: Session) -> Apply:
            books = ReadBooks(session)
            return lambda row: accounts.add_row(books, row, decided, zone)

        return self._import(csv_path, accounts.COLUMNS, apply, dry_run)

    def verify_account(
        self, account: str, method: str, by: str, at: datetime, why: str, expires_at: datetime | None = None
    ) -> Account:
        """Record that ownership was proven (``code-in-bio``, ``oauth`` or ``letter``); holds a year by default."""
        with self._database.write() as session:
            return accounts.verify(session, account, method, Decided(by, at, why), expires_at)

    def change_account(
        self, account_id: str, wanted: AccountChange, version: str, by: str, at: datetime, why: str
    ) -> Account:
        """Another owner, school, purpose or connection; Conflict where it changed since ``version`` was read."""
        with self._database.write() as session:
            return accounts.change(session, account_id, wanted, version, Decided(by, at, why))

    def deactivate_account(self, account: str, by: str, at: datetime, why: str) -> Account:
        """Stop collecting an account; what was archived stays."""
        with self._database.write() as session:
            return accounts.deactivate(session, account, Decided(by, at, why))

    def accounts(self, include_inactive: bool = False) -> list[Account]:
        """The registered accounts, those without a consent in force too: the collector refuses them."""
        with self._database.read() as session:
            return accounts.every(session, include_inactive)

    def registered(self, include_inactive: bool = False) -> list[RegisteredAccount]:
        """The accounts with owner's name, school's title and state, for people to read."""
        with self._database.read() as session:
            return accounts.described(session, include_inactive)

    def registered_account(self, account_id: str) -> RegisteredAccount:
        """The one account of that id, a deactivated one too; BadInput where there is none."""
        with self._database.read() as session:
            for each in accounts.described(session, include_inactive=True, account_id=account_id):
                return each
        raise BadInput(f"No account {account_id} is registered", "Look at the list of accounts")

    def owned(self, person_id: str) -> list[RegisteredAccount]:
        """The accounts that somebody (the roster's sourcedId) answers for, deactivated ones too."""
        with self._database.read() as session:
            return accounts.described(session, include_inactive=True, owner=person_id)

    def account(self, handle_or_id: str) -> Account:
        """The one account of that id or handle, a deactivated one too; BadInput where there is none or several."""
        with self._database.read() as session:
            return accounts.as_account(accounts.find(session, handle_or_id))

    def observe_handle(self, account_id: str, handle: str, by: str, at: datetime, why: str) -> bool:
        """Keep that the platform shows an account under another handle since ``at``; whether that is new."""
        with self._database.write() as session:
            return accounts.observe_handle(session, account_id, handle, Decided(by, at, why))

    def deactivation_proposals(self) -> list[DeactivationProposal]:
        """Active accounts whose owner has left the roster."""
        with self._database.read() as session:
            return accounts.proposals(session)

    def schools(self) -> Mapping[str, str]:
        """The titles of the roster's organisations by sourcedId."""
        with self._database.read() as session:
            return accounts.schools(session)

    # roster

    def import_roster(self, zip_path: Path, by: str, at: datetime, dry_run: bool = False) -> RosterReport:
        """Bring a OneRoster 1.1 or 1.2 zip in, all of it or nothing."""
        with Roster(zip_path) as file, self._database.write() as session:
            report = roster.import_roster(session, file, Decided(by, at, f"imported from {zip_path.name}"), dry_run)
            if dry_run:
                session.rollback()
            return report

    def community(self, platform: str, minimise_key: bytes | None = None) -> Community:
        """Who belongs to the educational community on ``platform``, as of the last roster."""
        with self._database.read() as session:
            return roster.community(session, platform, minimise_key)

    # marks, photographs and lookalikes

    def add_mark(self, mark_id: str, title: str, path: Path, by: str, at: datetime, why: str = "") -> Mark:
        """A new mark, or a new version of one; the same picture again changes nothing."""
        with self._database.write() as session:
            return assets.add_mark(session, mark_id, title, path, Decided(by, at, why))

    def add_photograph(self, photo_id: str, title: str, path: Path, by: str, at: datetime, why: str = "") -> Photograph:
        """A new photograph of the district's, or a new version of one; the same picture again changes nothing."""
        with self._database.write() as session:
            return assets.add_photograph(session, photo_id, title, path, Decided(by, at, why))

    def add_lookalike(
        self, lookalike_id: str, title: str, path: Path, by: str, at: datetime, why: str = ""
    ) -> Lookalike:
        """A picture that resembles a mark and is not the district's; the same again changes nothing."""
        with self._database.write() as session:
            return assets.add_lookalike(session, lookalike_id, title, path, Decided(by, at, why))

    def marks(self) -> list[Mark]:
        """The current version of each mark, by id."""
        with self._database.read() as session:
            return assets.marks(session)

    def photographs(self) -> list[Photograph]:
        """The current version of each photograph, by id."""
        with self._database.read() as session:
            return assets.photographs(session)

    def picture(self, asset: str) -> Picture:
        """The current picture of a mark or a photograph."""
        with self._database.read() as session:
            return assets.picture(session, asset)

    def lookalikes(self) -> list[Lookalike]:
        """The lookalikes, by id."""
        with self._database.read() as session:
            return assets.lookalikes(session)

    def materialise_references(self, folder: Path) -> References:
        """The reference pictures as files under ``folder``, for a detector."""
        with self._database.read() as session:
            return assets.materialise(session, folder)

    def materialise_photographs(self, folder: Path) -> Photographs:
        """The district's photographs as files under ``folder``, for a detector."""
        with self._database.read() as session:
            return assets.materialise_photographs(session, folder)

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
        by: str = "",
        conditions: str = "",
    ) -> Grant:
        """Permit the use of a mark from ``starts`` up to ``ends``; ``account`` None means all.

        ``by`` is who recorded it, where that is not the one who decided.
        """
        draft = grants.GrantDraft(asset, account, "", purpose, starts, ends, decided_by, conditions)
        with self._database.write() as session:
            return grants.add(session, draft, Decided(by or decided_by, at, why))

    def import_grants(
        self, csv_path: Path, by: str, at: datetime, dry_run: bool = False, zone: tzinfo = UTC
    ) -> ImportReport:
        """Record the permissions of a ``grants.csv``; rows that are recorded exactly so are passed over."""
        decided = Decided(by, at)

        def apply(session: Session) -> Apply:
            return lambda row: grants.add_row(session, row, decided, zone)

        return self._import(csv_path, grants.COLUMNS, apply, dry_run)

    def revoke_grant(self, grant_id: str, by: str, at: datetime, why: str) -> Grant:
        """End a permission from ``at`` on; what was posted before stays permitted."""
        with self._database.write() as session:
            return grants.revoke(session, grant_id, Decided(by, at, why))

    def renew_grant(self, grant_id: str, ends: datetime | None, by: str, at: datetime, why: str) -> Grant:
        """A permission that goes on where that one ends, up to ``ends``; Conflict where it was renewed already."""
        with self._database.write() as session:
            return grants.renew(session, grant_id, ends, Decided(by, at, why))

    def grants(self) -> list[Grant]:
        """All permissions, ended and revoked ones too."""
        with self._database.read() as session:
            return grants.every(session)

    def permission(self, asset: str, account_id: str, at: datetime, zone: tzinfo = UTC) -> GrantAnswer:
        """What was in force at ``at``, the time of the post; the basis names days in ``zone``."""
        with self._database.read() as session:
            return grants.permission(session, asset, account_id, at, zone)

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
        """Count an outside account as part of the community; name it by handle, platform id, or both."""
        draft = organisations.OrganisationDraft(platform, platform_id or "", handle or "", title)
        with self._database.write() as session:
            return organisations.add(session, draft, Decided(accepted_by, at, why))

    def import_organisations(self, csv_path: Path, by: str, at: datetime, dry_run: bool = False) -> ImportReport:
        """Accept the organisations of an ``organisations.csv``; those accepted exactly so are passed over."""
        decided = Decided(by, at)

        def apply(session: Session) -> Apply:
            return lambda row: organisations.add_row(session, row, decided)

        return self._import(csv_path, organisations.COLUMNS, apply, dry_run)

    def take_back_organisation(self, organisation_id: str, by: str, at: datetime, why: str) -> Organisation:
        """Count an organisation (``O3``) as part of the community no longer; Conflict where somebody did before."""
        with self._database.write() as session:
            return organisations.take_back(session, organisation_id, Decided(by, at, why))

    def organisations(self, taken_back: bool = False) -> list[Organisation]:
        """The accepted organisations in the order in which they were accepted, or those that were taken back."""
        with self._database.read() as session:
            return [each for each in organisations.every(session) if (each.taken_back_at is not None) is taken_back]

    # go-live

    def go_live(self) -> list[GoLiveItem]:
        """The checklist, with what is done of it."""
        with self._database.read() as session:
            return golive.every(session)

    def go_live_missing(self) -> list[str]:
        """What is still to be done before anything real may be collected; empty means go."""
        with self._database.read() as session:
            return golive.missing(session)

    def go_live_done(self, item: str, by: str, at: datetime, reference: str) -> GoLiveItem:
        """Record that an item is done; ``reference`` says where that can be read."""
        with self._database.write() as session:
            return golive.done(session, item, Decided(by, at, reference))

    def correct_go_live(self, item: str, shown: str, by: str, at: datetime, reference: str, why: str) -> GoLiveItem:
        """Another reference for an item that is done; Conflict where it is no longer the ``shown`` one."""
        with self._database.write() as session:
            return golive.correct(session, item, shown, reference, Decided(by, at, why))

    # outbox

    def outbox(self) -> list[Decision]:
        """The events that have not been landed, in the order in which they were decided."""
        with self._database.read() as session:
            return outbox.waiting(session)

    def events_after(self, seq: int) -> list[Event]:
        """What was decided after the event ``seq``, landed or not, oldest first."""
        with self._database.read() as session:
            return outbox.after(session, seq)

    def newest_event(self) -> int:
        """The ``seq`` of the newest event, 0 before the first."""
        with self._database.read() as session:
            return outbox.newest(session)

    def landed(self, event_ids: Iterable[str]) -> None:
        """Note that these events are durable in landing."""
        with self._database.write() as session:
            outbox.landed(session, event_ids)

    def _import(
        self, path: Path, columns: Sequence[str], applying: Callable[[Session], Apply], dry_run: bool
    ) -> ImportReport:
        with self._database.write() as session:
            report = import_rows(path, columns, applying(session), dry_run)
            if dry_run or report.errors:
                session.rollback()
            return report
