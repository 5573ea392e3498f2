"""Writes the office's kit: what a district would hand to hallpass on the first day."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from sandbox.marks import LOOKALIKES, MARKS, mark, mascot_svg
from sandbox.things import Person
from sandbox.world import World

ACCOUNT_COLUMNS = (
    "platform",
    "platform_id",
    "handle",
    "owner",
    "school",
    "purpose",
    "credential",
    "registered_at",
    "consent_verified_at",
    "consent_expires_at",
)
ORGANISATION_COLUMNS = ("platform", "platform_id", "handle", "title", "accepted_by", "why")
GRANT_COLUMNS = ("asset", "account", "platform", "purpose", "starts", "ends", "decided_by", "why")
ORG_COLUMNS = ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId")
USER_COLUMNS = (
    "sourcedId",
    "status",
    "dateLastModified",
    "enabledUser",
    "orgSourcedIds",
    "role",
    "username",
    "userIds",
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
    "agentSourcedIds",
    "grades",
    "password",
)
_ABSENT = """
academicSessions categories classes classResources courses courseResources demographics enrollments lineItems
resources results
"""
"""Files of the standard that this export leaves out."""

Row = Sequence[str | date | None]


def write_kit(folder: Path, world: World, now: datetime) -> None:
    """Write roster.zip, three lists and the pictures of the marks into ``folder``, as exported at ``now``.

    The same world and time give the same bytes. Marks of other organisations go to ``lookalikes/``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "roster.zip").write_bytes(roster(world, now))
    lists = {
        "accounts.csv": _table(ACCOUNT_COLUMNS, _accounts(world)),
        "organisations.csv": _table(ORGANISATION_COLUMNS, _organisations(world)),
        "grants.csv": _table(GRANT_COLUMNS, _grants(world)),
    }
    for name, text in lists.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    _pictures(folder / "marks", MARKS)
    _pictures(folder / "lookalikes", LOOKALIKES)


def roster(world: World, now: datetime) -> bytes:
    """The roster as a OneRoster 1.1 zip (bulk): manifest.csv, orgs.csv, users.csv."""
    files = {
        "manifest.csv": _table(("propertyName", "value"), _manifest()),
        "orgs.csv": _table(ORG_COLUMNS, _orgs(world)),
        "users.csv": _table(USER_COLUMNS, (_user(person) for person in world.people)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _manifest() -> Iterator[Row]:
    yield "manifest.version", "1.0"
    yield "oneroster.version", "1.1"
    modes = dict.fromkeys(_ABSENT.split(), "absent") | {"orgs": "bulk", "users": "bulk"}
    yield from ((f"file.{name}", modes[name]) for name in sorted(modes))
    yield "source.systemName", "Alder Falls student information"
    yield "source.systemCode", "afps-sis"


def _orgs(world: World) -> Iterator[Row]:
    for school in world.schools:
        yield school.sourced_id, "", "", school.name, school.kind, "", school.parent_id


def _user(person: Person) -> Row:
    """Phone, sms, password and grades stay blank: hallpass must never be given them."""
    handles = ",".join(f"{{{platform}:{handle}}}" for platform, handle in person.handles)
    cells = {
        "sourcedId": person.sourced_id,
        "enabledUser": "true",
        "orgSourcedIds": ",".join(person.school_ids),
        "role": person.role,
        "username": person.username,
        "userIds": handles,
        "givenName": person.given_name,
        "familyName": person.family_name,
        "email": person.email,
        "agentSourcedIds": ",".join(person.agents),
    }
    return [cells.get(column) for column in USER_COLUMNS]


def _accounts(world: World) -> Iterator[Row]:
    for r in world.registrations:
        who = (r.platform, r.platform_id, r.handle, r.owner_id, r.school_id, r.purpose, r.credential)
        yield (*who, r.registered_at.date(), r.consent_verified_at, _last(r.consent_expires_at))


def _organisations(world: World) -> Iterator[Row]:
    for o in world.organisations:
        yield o.platform, o.platform_id, o.handle, o.title, o.accepted_by, o.why


def _grants(world: World) -> Iterator[Row]:
    for g in world.grants:
        yield g.asset, g.account, g.platform, g.purpose, g.starts.date(), _last(g.ends), g.decided_by, g.why


def _table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _last(end: datetime | None) -> date | None:
    """The last day before ``end``: offices write days, as their own clocks have them, and both days count."""
    return end.date() - timedelta(days=1) if end else None


def _cell(value: str | date | None) -> str:
    if isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    return value or ""


def _pictures(folder: Path, mark_ids: Iterable[str]) -> None:
    folder.mkdir(exist_ok=True)
    for mark_id in mark_ids:
        if mark_id == "otter-mascot":
            (folder / f"{mark_id}.svg").write_text(mascot_svg(), encoding="utf-8")
        else:
            mark(mark_id).save(folder / f"{mark_id}.png")
