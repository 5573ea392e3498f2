"""Proof that an account is its owner's: a code that they put into its bio, or a sign-in on the platform."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from records.errors import BadInput, Refused
from records.model import Account
from registry import accounts
from registry.books import ACTIVE
from registry.database import Database
from registry.models import OwnershipCode, RegisteredRow
from registry.outbox import Decided, note

CODE_HOLDS = timedelta(hours=24)
WARN = timedelta(days=30)
"""How long before a proof ends its owner and IT are asked for the next one."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without the letters and digits that people take for each other."""


@dataclass(frozen=True, slots=True)
class Code:
    """What the owner puts into the bio of ``account_id`` before ``expires_at``."""

    account_id: str
    code: str
    expires_at: datetime


class Ownership:
    """The proofs of one registry. An ``account`` is a registered account's id or handle."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, account: str, by: str, at: datetime) -> Code:
        """A new code, in the place of an earlier one; it holds 24 hours and counts once.

        Raises
        ------
        BadInput : when no such account is registered, or it is deactivated.
        """
        code = "hallpass-" + "".join(secrets.choice(ALPHABET) for _ in range(8))
        with self._database.write() as session:
            account_id = _active(session, account).account_id
            row = session.get(OwnershipCode, account_id) or OwnershipCode(account_id=account_id)
            row.code, row.issued_by, row.issued_at = code, by, at
            row.expires_at, row.used_at = at + CODE_HOLDS, None
            session.add(row)
            note(session, Decided(by, at), "ownership.code_issued", account_id)
            return Code(account_id, code, row.expires_at)

    def code(self, account: str, at: datetime) -> Code | None:
        """The code that can be confirmed at ``at``, if there is one."""
        with self._database.read() as session:
            row = session.get(OwnershipCode, accounts.find(session, account).account_id)
            return Code(row.account_id, row.code, row.expires_at) if row and _holds(row, at) else None

    def confirm(
        self, account: str, by: str, at: datetime, bio: str | None = None, held: Collection[str] | None = None
    ) -> Account:
        """Record the proof, for a year: the bio as the platform shows it, or the ids that a sign-in there gave.

        Raises
        ------
        BadInput : when no such account is registered, or the code is missing, used, over or not in the bio.
        Refused : when the sign-in was another account's; which one is nobody's business here, and is not said.
        """
        with self._database.write() as session:
            row = _active(session, account)
            if held is not None:
                _check_held(row, held)
                return accounts.verify(session, row.account_id, "oauth", Decided(by, at, "signed in"), None)
            code = session.get(OwnershipCode, row.account_id)
            _check_code(row, code, bio or "", at)
            return accounts.verify(session, row.account_id, "code-in-bio", Decided(by, at, "found its code"), None)


def _active(session: Session, account: str) -> RegisteredRow:
    row = accounts.find(session, account)
    if row.state != ACTIVE:
        raise BadInput(f"The account {row.account_id} is deactivated", "Register it again first")
    return row


def _holds(row: OwnershipCode, at: datetime) -> bool:
    return row.used_at is None and row.issued_at <= at < row.expires_at


def _check_held(row: RegisteredRow, held: Collection[str]) -> None:
    if row.platform_id not in held:
        raise Refused(
            f"Whoever signed in there does not hold @{row.handle}",
            f"Sign out on the platform, then sign in as somebody who can change the bio of @{row.handle}",
        )


def _check_code(row: RegisteredRow, code: OwnershipCode | None, bio: str, at: datetime) -> None:
    """Use the code up, where it is the one that the bio shows."""
    if code is None or not _holds(code, at):
        raise BadInput(f"No code for @{row.handle} is in force", "Ask for a new one")
    if code.code.casefold() not in bio.casefold():
        raise BadInput(f"The bio of @{row.handle} does not show {code.code}", "Save it there, then try again")
    code.used_at = at
