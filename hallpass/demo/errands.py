"""What waits in the made-up district's offices for whoever looks around: a permission asked for, a records request."""

from __future__ import annotations

from datetime import datetime, timedelta

from records.model import Account
from registry import Registry
from registry.requests import RequestDraft
from registry.users import Role
from sandbox.images import encoded
from sandbox.things import Placement, SandImage

MARK = "district-seal"
POSTER = SandImage(
    image_id="winter-concert",
    kind="flyer",
    seed=12,
    width=1080,
    height=860,
    format="jpeg",
    words=(
        "Winter Concert",
        "Thursday, December 10, 7 PM",
        "High school auditorium",
        "Band, choir and strings",
        "@AFHS",
    ),
    mark=Placement(MARK, 900, 690, 150),
)
"""The draft that is asked about: a poster with the seal on it."""

GAZETTE = "The Alder Gazette"


def leave_errands(registry: Registry, now: datetime) -> None:
    """Let a member of the staff ask for the seal, and a newspaper for records, where nobody ever has."""
    account = _of_the_staff(registry)
    if account and not registry.requests.all() and any(mark.mark_id == MARK for mark in registry.marks()):
        _ask(registry, account, now)
    if not registry.public_requests.all():
        asked = "Every post and comment on the accounts of the high school since the beginning of the school year"
        registry.public_requests.receive(GAZETTE, asked, now.date(), Role.RECORDS.value, now)


def _ask(registry: Registry, account: Account, now: datetime) -> None:
    starts, purpose = now + timedelta(days=1), "On the poster for the winter concert"
    ends, name = starts + timedelta(days=60), "winter-concert-poster.jpeg"
    draft = RequestDraft(MARK, account.account_id, purpose, starts, ends, name, encoded(POSTER))
    staff = registry.users.named(Role.STAFF.value)
    assert staff is not None  # an account of theirs was found
    registry.requests.ask(draft, staff.login, staff.name, now)


def _of_the_staff(registry: Registry) -> Account | None:
    """The first account of whoever signs in as staff."""
    staff = registry.users.named(Role.STAFF.value)
    owned = registry.owned(staff.person_id) if staff and staff.person_id else []
    return next((each.account for each in owned if each.state == "active"), None)
