"""Organisations outside the roster that the superintendent counts as part of the community (policy clause 4.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from records.errors import BadInput, Conflict
from registry.accounts import known_platform
from registry.csvfile import Row
from registry.handles import clean_handle
from registry.models import NAME_LENGTH, AcceptedOrganisation
from registry.outbox import Decided, note
from registry.texts import needed
from registry.values import Organisation

COLUMNS = ("platform", "platform_id", "handle", "title", "accepted_by", "why")


@dataclass(frozen=True, slots=True)
class OrganisationDraft:
    """An organisation as somebody names it: by handle, platform id, or both."""

    platform: str
    platform_id: str
    handle: str
    title: str


def add(session: Session, draft: OrganisationDraft, decided: Decided) -> Organisation:
    """Accept an organisation.

    Raises
    ------
    BadInput : for an unknown platform, a title or name that cannot be, or one that is accepted already.
    """
    row = _row(draft, decided)
    known = _known(session, row)
    if known is not None:
        raise BadInput(f"'{known.title}' is accepted already, as O{known.id}", "See the list of organisations")
    session.add(row)
    session.flush()
    organisation = _value(row)
    note(session, decided, "organisation.accepted", organisation.organisation_id, **_event_data(organisation))
    return organisation


def add_row(session: Session, row: Row, decided: Decided) -> bool:
    """Accept what a row of ``organisations.csv`` says; False where exactly this is accepted already."""
    cells = row.cells
    draft = OrganisationDraft(cells["platform"], cells["platform_id"], cells["handle"], cells["title"])
    decided = Decided(cells["accepted_by"], decided.at, cells["why"])
    asked = _row(draft, decided)
    known = _known(session, asked)
    if known is not None and _content(known) == _content(asked):
        return False
    with session.begin_nested():
        add(session, draft, decided)
    return True


def take_back(session: Session, organisation_id: str, decided: Decided) -> Organisation:
    """Count an organisation as part of the community no longer, from now on.

    Raises
    ------
    BadInput : there is no such organisation, or no reason.
    Conflict : somebody took it back before.
    """
    number = organisation_id.removeprefix("O")
    row = session.get(AcceptedOrganisation, int(number)) if number.isascii() and number.isdigit() else None
    if row is None:
        raise BadInput(f"There is no accepted organisation '{organisation_id}'", "See the list of organisations")
    why = needed(decided.why, "Taking it back needs its reason", "Say why it belongs to the community no longer")
    if row.taken_back_at is not None:
        raise Conflict(f"'{row.title}' was taken back already, by {row.taken_back_by}", "There is nothing to do")
    row.taken_back_at, row.taken_back_by, row.taken_back_why = decided.at, decided.by, why
    note(session, decided, "organisation.taken_back", organisation_id)
    return _value(row)


def every(session: Session) -> list[Organisation]:
    """The organisations in the order in which they were accepted, those that were taken back too."""
    return [_value(row) for row in session.scalars(select(AcceptedOrganisation).order_by(AcceptedOrganisation.id))]


def _row(draft: OrganisationDraft, decided: Decided) -> AcceptedOrganisation:
    platform = known_platform(draft.platform)
    handle = clean_handle(draft.handle)
    if draft.handle.strip() and handle is None:
        raise BadInput(f"'{draft.handle}' is not a handle", "Give it as the platform shows it, with or without @")
    if draft.platform_id and not re.fullmatch(r"[0-9]{1,32}", draft.platform_id):
        raise BadInput(
            f"'{draft.platform_id}' is not a platform id of {platform}", "Give the number, or leave it empty"
        )
    if not handle and not draft.platform_id:
        raise BadInput(f"'{draft.title}' has neither handle nor platform id", "Give one of them")
    if not 0 < len(draft.title.strip()) <= NAME_LENGTH:
        raise BadInput("The organisation has no title", "Say which organisation it is")
    return AcceptedOrganisation(
        platform=platform,
        platform_id=draft.platform_id or None,
        handle=handle,
        title=draft.title.strip(),
        accepted_by=decided.by,
        accepted_at=decided.at,
        why=decided.why,
    )


def _known(session: Session, row: AcceptedOrganisation) -> AcceptedOrganisation | None:
    """The organisation with the same platform id or handle that is accepted now."""
    same = [AcceptedOrganisation.platform_id == row.platform_id] if row.platform_id else []
    if row.handle:
        same.append(func.lower(AcceptedOrganisation.handle) == row.handle.lower())
    accepted = select(AcceptedOrganisation).where(AcceptedOrganisation.taken_back_at.is_(None))
    return session.scalars(accepted.where(AcceptedOrganisation.platform == row.platform, or_(*same))).first()


def _content(row: AcceptedOrganisation) -> tuple[str | None, ...]:
    return row.platform, row.platform_id, row.handle, row.title, row.accepted_by, row.why


def _event_data(organisation: Organisation) -> dict[str, str]:
    return {
        "platform": organisation.platform,
        "platform_id": organisation.platform_id or "",
        "handle": organisation.handle or "",
        "title": organisation.title,
    }


def _value(row: AcceptedOrganisation) -> Organisation:
    return Organisation(
        organisation_id=f"O{row.id}",
        platform=row.platform,
        platform_id=row.platform_id,
        handle=row.handle,
        title=row.title,
        accepted_by=row.accepted_by,
        accepted_at=row.accepted_at,
        why=row.why,
        taken_back_at=row.taken_back_at,
        taken_back_by=row.taken_back_by,
        taken_back_why=row.taken_back_why,
    )
