"""Accounts whose owner has left the roster: the machine proposes, a person stops or keeps them."""

from __future__ import annotations

from datetime import datetime

from records.errors import Conflict
from records.model import Account
from registry import accounts
from registry.database import Database
from registry.models import KeptAccount
from registry.outbox import Decided, note
from registry.texts import needed
from registry.values import DeactivationProposal


class Proposals:
    """The deactivation proposals of one registry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[DeactivationProposal]:
        """The proposals that nobody has decided."""
        with self._database.read() as session:
            return accounts.proposals(session)

    def accept(self, account_id: str, by: str, at: datetime, why: str) -> Account:
        """Stop collecting the account; what was archived stays.

        Raises
        ------
        BadInput : without a reason.
        Conflict : when it is proposed no longer.
        """
        decided = _decided(by, at, why)
        with self._database.write() as session:
            _check(accounts.proposals(session), account_id)
            return accounts.deactivate(session, account_id, decided)

    def keep(self, account_id: str, by: str, at: datetime, why: str) -> None:
        """Let the account go on though its owner left; a later leave asks again. Raises as :meth:`accept`."""
        decided = _decided(by, at, why)
        with self._database.write() as session:
            proposal = _check(accounts.proposals(session), account_id)
            kept = KeptAccount(account_id=account_id, left_at=proposal.left_at, kept_by=by, kept_at=at, why=decided.why)
            session.add(kept)
            note(session, decided, "account.kept", account_id, owner_id=proposal.owner_id)


def _decided(by: str, at: datetime, why: str) -> Decided:
    return Decided(by, at, needed(why, "The decision needs its reason", "Say it in a sentence"))


def _check(proposed: list[DeactivationProposal], account_id: str) -> DeactivationProposal:
    for proposal in proposed:
        if proposal.account_id == account_id:
            return proposal
    raise Conflict(f"{account_id} is not proposed any more", "Somebody has decided it, or its owner is back")
