"""Bringing a roster into the registry: people are compared in slices, so that three million fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from registry.accounts import proposals
from registry.community import Community
from registry.models import (
    AcceptedOrganisation,
    Org,
    Person,
    PersonIdentity,
    RegisteredRow,
    RosterImport,
)
from registry.oneroster import Roster, RosterIdentity, RosterPerson
from registry.outbox import Decided, note
from registry.slices import slices
from registry.values import Identity, RosterReport


@dataclass
class _Tally:
    """What has happened to people so far."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    gone: list[str] = field(default_factory=list)


def import_roster(session: Session, roster: Roster, decided: Decided, dry_run: bool) -> RosterReport:
    """Make the registry's people and organisations what ``roster`` says.

    Who left is forgotten, unless they own a registered account: then they stay, as having left, and
    the account is in the report's proposals. The caller rolls back a dry run.

    Raises
    ------
    BadInput : from the roster, while it is read.
    """
    _take_orgs(session, roster)
    tally = _Tally()
    for people in slices(roster.people()):
        _take_people(session, people, tally)
    gone = tally.gone if roster.delta else [*tally.gone, *_not_seen(session, roster.seen)]
    removed = sum(_remove(session, ids, decided.at) for ids in slices(gone))
    session.add(RosterImport(at=decided.at, by=decided.by, sha256=roster.sha256, version=roster.version))
    report = _report(session, roster, decided, dry_run, tally, removed)
    counts = {name: str(getattr(report, name)) for name in ("added", "updated", "removed", "unchanged")}
    note(session, decided, "roster.imported", f"sha256:{roster.sha256}", version=roster.version, **counts)
    return report


def community(session: Session, platform: str, minimise_key: bytes | None) -> Community:
    """Everybody who is known on ``platform``: roster, registered accounts, accepted organisations."""
    return Community(platform, _identities(session, platform), _roster_date(session), minimise_key)


def _identities(session: Session, platform: str) -> Iterator[Identity]:
    people = (
        select(Person.kind, PersonIdentity.platform_id, PersonIdentity.handle, PersonIdentity.trust)
        .join(Person, Person.sourced_id == PersonIdentity.person_id)
        .where(PersonIdentity.platform == platform, Person.left_at.is_(None))
    )
    for kind, platform_id, handle, trust in session.execute(people):
        yield Identity(kind, platform_id, handle, trust)
    accounts = select(RegisteredRow.platform_id, RegisteredRow.handle).where(
        RegisteredRow.platform == platform, RegisteredRow.state == "active"
    )
    for platform_id, handle in session.execute(accounts):
        yield Identity("school", platform_id, handle)
    accepted = select(AcceptedOrganisation.platform_id, AcceptedOrganisation.handle).where(
        AcceptedOrganisation.platform == platform, AcceptedOrganisation.taken_back_at.is_(None)
    )
    for platform_id, handle in session.execute(accepted):
        yield Identity("organisation", platform_id, handle)


def _roster_date(session: Session) -> datetime | None:
    return session.scalar(select(RosterImport.at).order_by(RosterImport.id.desc()).limit(1))


def _take_orgs(session: Session, roster: Roster) -> None:
    """Organisations that accounts belong to stay, even where the roster has dropped them."""
    known = {org.sourced_id: org for org in session.scalars(select(Org))}
    in_use = set(session.scalars(select(RegisteredRow.school)))
    for org in roster.orgs():
        known.pop(org.sourced_id, None)
        session.merge(Org(sourced_id=org.sourced_id, title=org.title, type=org.type))
    for sourced_id, row in known.items():
        if sourced_id not in in_use and not roster.delta:
            session.delete(row)
    session.flush()


def _take_people(session: Session, people: Sequence[RosterPerson], tally: _Tally) -> None:
    tally.gone += [person.sourced_id for person in people if person.removed]
    present = [person for person in people if not person.removed]
    known = _known(session, [person.sourced_id for person in present])
    added = [p for p in present if p.sourced_id not in known]
    updated = [p for p in present if p.sourced_id in known and p != known[p.sourced_id]]
    if added:
        session.execute(insert(Person), [_columns(p) for p in added])
    if updated:
        session.execute(update(Person), [_columns(p) for p in updated])
        _forget_identities(session, [p.sourced_id for p in updated])
    if identities := [_identity_columns(p, i) for p in (*added, *updated) for i in p.identities]:
        session.execute(insert(PersonIdentity), identities)
    tally.added += len(added)
    tally.updated += len(updated)
    tally.unchanged += len(present) - len(added) - len(updated)


def _known(session: Session, ids: Sequence[str]) -> dict[str, RosterPerson]:
    """What the registry holds about these people, in the roster's own terms."""
    identities: dict[str, list[RosterIdentity]] = {}
    columns = (
        PersonIdentity.person_id,
        PersonIdentity.platform,
        PersonIdentity.platform_id,
        PersonIdentity.handle,
        PersonIdentity.trust,
    )
    for person_id, platform, platform_id, handle, trust in session.execute(
        select(*columns).where(PersonIdentity.person_id.in_(ids))
    ):
        found = RosterIdentity(platform, platform_id or "", handle or "", trust)
        identities.setdefault(person_id, []).append(found)
    people = select(Person.sourced_id, Person.kind, Person.role, Person.display_name, Person.left_at, Person.email)
    return {
        sourced_id: RosterPerson(
            sourced_id, kind, role, name, tuple(sorted(identities.get(sourced_id, ()))), left_at is not None, email
        )
        for sourced_id, kind, role, name, left_at, email in session.execute(people.where(Person.sourced_id.in_(ids)))
    }


def _columns(person: RosterPerson) -> dict[str, Any]:
    return {
        "sourced_id": person.sourced_id,
        "kind": person.kind,
        "role": person.role,
        "display_name": person.display_name,
        "email": person.email,
        "left_at": None,
    }


def _identity_columns(person: RosterPerson, identity: RosterIdentity) -> dict[str, Any]:
    return {
        "person_id": person.sourced_id,
        "platform": identity.platform,
        "platform_id": identity.platform_id or None,
        "handle": identity.handle or None,
        "trust": identity.trust,
    }


def _not_seen(session: Session, seen: set[str]) -> Iterator[str]:
    """Everybody on the registry's roster whom the file did not name."""
    present = session.scalars(select(Person.sourced_id).where(Person.left_at.is_(None)))
    return iter([sourced_id for sourced_id in present if sourced_id not in seen])


def _remove(session: Session, ids: Sequence[str], at: datetime) -> int:
    """Forget these people, or note that they left where they own an account; how many were on the roster."""
    present = set(
        session.scalars(select(Person.sourced_id).where(Person.sourced_id.in_(ids), Person.left_at.is_(None)))
    )
    owners = set(session.scalars(select(RegisteredRow.owner_id).where(RegisteredRow.owner_id.in_(present))))
    _forget_identities(session, list(present))
    session.execute(update(Person).where(Person.sourced_id.in_(owners)).values(left_at=at))
    session.execute(delete(Person).where(Person.sourced_id.in_(present - owners)))
    return len(present)


def _forget_identities(session: Session, ids: Sequence[str]) -> None:
    session.execute(delete(PersonIdentity).where(PersonIdentity.person_id.in_(ids)))


def _report(
    session: Session, roster: Roster, decided: Decided, dry_run: bool, tally: _Tally, removed: int
) -> RosterReport:
    kinds = select(Person.kind, func.count()).where(Person.left_at.is_(None)).group_by(Person.kind)
    session.flush()
    return RosterReport(
        version=roster.version,
        sha256=roster.sha256,
        at=decided.at,
        dry_run=dry_run,
        people=dict(session.execute(kinds.order_by(Person.kind)).all()),
        organisations=session.scalar(select(func.count()).select_from(Org)) or 0,
        identities=session.scalar(select(func.count()).select_from(PersonIdentity)) or 0,
        added=tally.added,
        updated=tally.updated,
        removed=removed,
        unchanged=tally.unchanged,
        proposals=tuple(proposals(session)),
    )
