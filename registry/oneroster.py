"""OneRoster CSV, versions 1.1 and 1.2 (1EdTech): who is staff, student or guardian, and their handles.

What is never read: ``demographics.csv`` and every other file not named here; of ``users.csv`` the phone,
sms, password, grades, e-mail and username. The names of students and guardians are dropped while reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from records.errors import BadInput
from records.model import Platform
from registry.csvfile import Row, read_rows
from registry.csvzip import CsvZip
from registry.handles import clean_handle, platform_named
from registry.values import RowError

TRUST_PROFILE, TRUST_USER_ID, TRUST_METADATA = 2, 3, 4
"""How far a source of handles is believed; 1 is what the product verified itself."""

KIND_OF_ROLE = {
    **dict.fromkeys(("administrator", "aide", "proctor", "teacher"), "staff"),
    **dict.fromkeys(("counselor", "districtAdministrator", "principal", "siteAdministrator"), "staff"),
    "systemAdministrator": "staff",
    **dict.fromkeys(("guardian", "parent", "relative"), "guardian"),
    "student": "student",
}
"""The roles of 1.1, and those that 1.2 adds."""

_KINDS = ("staff", "guardian", "student")
_MAX_ID = 255
_USER = ("sourcedId", "status", "userIds", "givenName", "familyName", "email")
_USER_UNREAD = ("dateLastModified", "enabledUser", "username", "middleName", "identifier", "agentSourcedIds")
_USER_ID = re.compile(r"\{\s*([^{}:]*?)\s*:([^{}]*)\}")
_EMAIL = re.compile(r"[^\s@<>\"?&%]+@[^\s@<>\"?&%]+")
"""Nothing in it that an address in a link would mean otherwise."""

_METADATA = re.compile(r"metadata\.(\w+?)[._-]?(?:handle|username)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RosterOrg:
    """A row of ``orgs.csv``."""

    sourced_id: str
    title: str
    type: str


@dataclass(frozen=True, slots=True, order=True)
class RosterIdentity:
    """An account on a platform that the roster says is this person's: a platform id or a handle."""

    platform: str
    platform_id: str
    handle: str
    trust: int


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """A row of ``users.csv``; ``display_name`` and ``email`` for staff only; ``removed`` where its status is
    ``tobedeleted``.
    """

    sourced_id: str
    kind: str
    role: str
    display_name: str | None
    identities: tuple[RosterIdentity, ...]
    removed: bool = False
    email: str | None = None


class Roster:
    """An opened OneRoster zip, read as a stream.

    Attributes
    ----------
    version : ``1.1`` or ``1.2``.
    sha256 : of the zip.
    delta : whether ``users.csv`` holds changes only; else who is not in it has left.
    seen : the sourcedIds that :meth:`people` has given so far.

    Raises
    ------
    BadInput : naming file, line and column, and what to do.
    """

    def __init__(self, path: Path) -> None:
        self._zip = CsvZip(path)
        self.sha256 = self._zip.sha256
        self.seen: set[str] = set()
        try:
            self._manifest = self._read_manifest()
            self.version = self._version()
            self.delta = self._mode("users", needed=True) == "delta"
        except BadInput:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def orgs(self) -> Iterator[RosterOrg]:
        """Schools, departments and the district; those to be deleted left out."""
        for row in self._rows("orgs", ("sourcedId", "status", "name", "type"), needed=True):
            if not _to_be_deleted(row):
                yield RosterOrg(
                    _key(row, "orgs", "sourcedId"), row.cells["name"][:_MAX_ID], row.cells["type"][:_MAX_ID]
                )

    def people(self) -> Iterator[RosterPerson]:
        """Everybody in ``users.csv``, in its order."""
        roles = self._roles() if self.version == "1.2" else None
        profiles = self._profiles() if self.version == "1.2" else {}
        columns = _USER if roles is not None else (*_USER, "role")
        unread = _USER_UNREAD if roles is not None else (*_USER_UNREAD, "orgSourcedIds")
        for row in self._rows("users", columns, needed=True, unread=unread):
            person_id = _key(row, "users", "sourcedId")
            if person_id in self.seen:
                raise _wrong("users", row.line, "sourcedId", f"'{person_id}' stands there twice")
            self.seen.add(person_id)
            role = row.cells["role"] if roles is None else roles.get(person_id, "")
            yield _person(row, person_id, role, profiles.get(person_id, []))

    def _roles(self) -> dict[str, str]:
        """The role of each user in 1.2's ``roles.csv``; of several, one as staff before one as guardian."""
        roles: dict[str, str] = {}
        for row in self._rows("roles", ("status", "userSourcedId", "role"), needed=True):
            user, role = _key(row, "roles", "userSourcedId"), row.cells["role"]
            kind = _kind(role, "roles", row.line)
            known = KIND_OF_ROLE.get(roles.get(user, ""), "student")
            if not _to_be_deleted(row) and _KINDS.index(kind) <= _KINDS.index(known):
                roles[user] = role
        return roles

    def _profiles(self) -> dict[str, list[RosterIdentity]]:
        """The handles in 1.2's ``userProfiles.csv``: vendorId is the platform, username the handle."""
        profiles: dict[str, list[RosterIdentity]] = {}
        for row in self._rows("userProfiles", ("status", "userSourcedId", "vendorId", "username")):
            identity = _identity(row.cells["vendorId"], row.cells["username"], TRUST_PROFILE)
            if identity and not _to_be_deleted(row):
                profiles.setdefault(row.cells["userSourcedId"], []).append(identity)
        return profiles

    def _read_manifest(self) -> Mapping[str, str]:
        if "manifest.csv" not in self._zip:
            todo = "Zip the files themselves, not a folder around them, with manifest.csv among them"
            raise BadInput(f"{self._zip.name} holds no manifest.csv", todo)
        rows = self._strict("manifest", ("propertyName", "value"), ())
        return {row.cells["propertyName"]: row.cells["value"] for row in rows}

    def _version(self) -> str:
        version = self._manifest.get("oneroster.version", "")
        if version not in ("1.1", "1.2"):
            said = f"says '{version}'" if version else "does not say a version"
            raise BadInput(f"manifest.csv {said} in oneroster.version", "Export the roster as OneRoster 1.1 or 1.2 CSV")
        return version

    def _mode(self, file: str, needed: bool = False) -> str:
        """``bulk``, ``delta`` or ``absent``, as the manifest says of ``file``."""
        mode = self._manifest.get(f"file.{file}", "absent")
        if mode not in ("bulk", "delta", "absent"):
            raise BadInput(f"manifest.csv says '{mode}' of file.{file}", "It must be bulk, delta or absent")
        if needed and mode == "absent":
            raise BadInput(f"manifest.csv says that {file}.csv is absent", f"Export the roster with {file}.csv")
        return mode

    def _rows(
        self, file: str, columns: Sequence[str], needed: bool = False, unread: Sequence[str] = ()
    ) -> Iterator[Row]:
        if self._mode(file, needed) == "absent":
            return
        if f"{file}.csv" not in self._zip:
            todo = "Export the roster again, or correct the manifest"
            raise BadInput(f"{self._zip.name} holds no {file}.csv, which its manifest promises", todo)
        yield from self._strict(file, columns, unread)

    def _strict(self, file: str, columns: Sequence[str], unread: Sequence[str]) -> Iterator[Row]:
        """The rows, where the first broken one ends the reading."""
        lines = self._zip.lines(f"{file}.csv")
        for row in read_rows(lines, f"{file}.csv", columns, also=_names_platform, ignored=unread):
            if isinstance(row, RowError):
                raise BadInput(f"{file}.csv line {row.line}: {row.message}", "Correct it there and export again")
            yield row


def _person(row: Row, person_id: str, role: str, profiles: list[RosterIdentity]) -> RosterPerson:
    removed = _to_be_deleted(row)
    if removed and not role:
        return RosterPerson(person_id, "student", "", None, (), removed)
    kind = _kind(role, "users", row.line)
    name = f"{row.cells['givenName']} {row.cells['familyName']}".strip()[:_MAX_ID] if kind == "staff" else None
    stated = {*profiles, *_from_user_ids(row), *_from_metadata(row)}
    email = _email(row.cells["email"]) if kind == "staff" else None
    return RosterPerson(person_id, kind, role, name, _most_trusted(stated), removed, email)


def _email(text: str) -> str | None:
    """An address to write to; None for anything else that stands in its column."""
    return text if len(text) <= _MAX_ID and _EMAIL.fullmatch(text) else None


def _from_user_ids(row: Row) -> Iterator[RosterIdentity]:
    """``{x:MsLarkin},{ldap:larkin}`` and the like; types of id that are no platform's are passed over."""
    text = row.cells["userIds"]
    if _USER_ID.sub("", text).strip(" ,"):
        raise _wrong("users", row.line, "userIds", "it is not of the form {type:id},{type:id}")
    for kind, value in _USER_ID.findall(text):
        if identity := _identity(kind, value, TRUST_USER_ID):
            yield identity


def _from_metadata(row: Row) -> Iterator[RosterIdentity]:
    for column, value in row.cells.items():
        match = _METADATA.fullmatch(column)
        if match and (identity := _identity(match[1], value, TRUST_METADATA)):
            yield identity


def _most_trusted(identities: set[RosterIdentity]) -> tuple[RosterIdentity, ...]:
    """Each account once, from the source that is believed most."""
    best: dict[tuple[str, str, str], RosterIdentity] = {}
    for identity in sorted(identities, key=lambda i: -i.trust):
        best[identity.platform, identity.platform_id, identity.handle.lower()] = identity
    return tuple(sorted(best.values()))


def _identity(platform: str, value: str, trust: int) -> RosterIdentity | None:
    """An identity, or None where it is no known platform or no handle. A number on Facebook is a platform id."""
    known, handle = platform_named(platform), clean_handle(value)
    if known is None or handle is None:
        return None
    if known is Platform.FACEBOOK and re.fullmatch(r"[0-9]+", handle):
        return RosterIdentity(known, handle, "", trust)
    return RosterIdentity(known, "", handle, trust)


def _names_platform(column: str) -> bool:
    match = _METADATA.fullmatch(column)
    return match is not None and platform_named(match[1]) is not None


def _key(row: Row, file: str, column: str) -> str:
    value = row.cells[column]
    if not 0 < len(value) <= _MAX_ID:
        problem = "it is empty" if not value else f"it is longer than {_MAX_ID} characters"
        raise _wrong(file, row.line, column, problem)
    return value


def _kind(role: str, file: str, line: int) -> str:
    if role not in KIND_OF_ROLE:
        problem = f"'{role[:40]}' is not a OneRoster role" if role else "there is no role (in 1.2: none in roles.csv)"
        raise _wrong(file, line, "role", problem)
    return KIND_OF_ROLE[role]


def _to_be_deleted(row: Row) -> bool:
    return row.cells["status"].lower() == "tobedeleted"


def _wrong(file: str, line: int, column: str, problem: str) -> BadInput:
    todo = "Correct it in the student system and export again; nothing was changed"
    return BadInput(f"{file}.csv line {line}, column {column}: {problem}", todo)
