"""What waits in the made-up district's offices for whoever looks around: a permission asked for, a records request."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from records.model import Account
from registry import Registry
from registry.requests import RequestDraft
from registry.users import Role

MARK = "district-seal"
GAZETTE = "The Alder Gazette"


def leave_errands(registry: Registry, folder: Path, now: datetime) -> None:
    """Let a member of the staff ask for the seal, and a newspaper for records, where nobody ever has."""
    account = _of_the_staff(registry)
    if account and not registry.requests.all() and any(mark.mark_id == MARK for mark in registry.marks()):
        _ask(registry, account, folder / "sandbox" / "marks" / f"{MARK}.png", now)
    if not registry.public_requests.all():
        asked = "Every post and comment on the accounts of the high school since the beginning of the school year"
        registry.public_requests.receive(GAZETTE, asked, now.date(), Role.RECORDS.value, now)


def _ask(registry: Registry, account: Account, sample: Path, now: datetime) -> None:
    starts, purpose = now + timedelta(days=1), "On the cover of the winter concert's program"
    shown = sample.read_bytes() if sample.is_file() else None
    draft = RequestDraft(
        MARK, account.account_id, purpose, starts, starts + timedelta(days=60), sample.name if shown else "", shown
    )
    staff = registry.users.named(Role.STAFF.value)
    assert staff is not None  # an account of theirs was found
    registry.requests.ask(draft, staff.login, staff.name, now)


def _of_the_staff(registry: Registry) -> Account | None:
    """The first account of whoever signs in as staff."""
    staff = registry.users.named(Role.STAFF.value)
    owned = registry.owned(staff.person_id) if staff and staff.person_id else []
    return next((each.account for each in owned if each.state == "active"), None)
