"""The registry's ids as people know them."""

from __future__ import annotations

from pathlib import Path

from records.model import Account, Platform
from registry.values import References, RegisteredAccount
from reports.model import AccountLabel
from reports.view import RegistryView


class Labels:
    """Accounts and marks by id, read from the registry once.

    An account that was registered once and is inactive keeps its label; an id that the registry does
    not know stands for itself.
    """

    def __init__(self, registry: RegistryView, references: References) -> None:
        everything = registry.registered(include_inactive=True)
        self._accounts = {entry.account.account_id: _label(entry) for entry in everything}
        self.active: tuple[Account, ...] = tuple(e.account for e in everything if e.state == "active")
        self._titles = {mark.mark_id: mark.title for mark in registry.marks()}
        self._titles |= {photograph.photo_id: photograph.title for photograph in registry.photographs()}
        self._pictures = references.marks

    def account(self, account_id: str) -> AccountLabel:
        """The account with this id."""
        return self._accounts.get(account_id) or _unknown(account_id)

    def account_or_none(self, account_id: str | None) -> AccountLabel | None:
        """The account with this id, None where a record belongs to none."""
        return self.account(account_id) if account_id else None

    def mark(self, mark_id: str) -> str:
        """The title of a mark or a photograph."""
        return self._titles.get(mark_id, mark_id)

    def mark_picture(self, mark_id: str) -> Path | None:
        """The newest reference picture of a mark."""
        pictures = self._pictures.get(mark_id) or []
        return pictures[-1] if pictures else None


def _label(entry: RegisteredAccount) -> AccountLabel:
    account = entry.account
    return AccountLabel(
        account.account_id, account.platform, account.handle, entry.school_title, entry.owner_name, account.purpose
    )


def _unknown(account_id: str) -> AccountLabel:
    platform, _, rest = account_id.partition(":")
    known = platform if platform in Platform.__members__.values() else Platform.X
    return AccountLabel(account_id, Platform(known), rest or account_id, "", "", "")
