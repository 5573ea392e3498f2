"""OneRoster zips for tests, written row by row so that each can be broken in one place."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

USERS = [
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
]
AT = datetime(2026, 9, 7, 8, tzinfo=UTC)
ORGS = ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"]
MANIFEST = {"manifest.version": "1.0", "oneroster.version": "1.1", "file.orgs": "bulk", "file.users": "bulk"}

TEACHER = {"sourcedId": "t1", "role": "teacher", "givenName": "Ann", "familyName": "Larkin", "userIds": "{x:MsLarkin}"}
STUDENT = {"sourcedId": "s1", "role": "student", "givenName": "Kit", "familyName": "Moss"}
GUARDIAN = {"sourcedId": "g1", "role": "guardian", "givenName": "Jo", "familyName": "Moss", "userIds": "{x:jomoss}"}
SCHOOL = {"sourcedId": "high", "name": "High School", "type": "school"}
PEOPLE = (TEACHER, STUDENT, GUARDIAN)


def table(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """A CSV text with these columns; cells that a row lacks are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_zip(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """A zip of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def roster_files(
    people: Sequence[Mapping[str, str]] = PEOPLE,
    columns: Sequence[str] = USERS,
    manifest: Mapping[str, str] = MANIFEST,
    orgs: Sequence[Mapping[str, str]] = (SCHOOL,),
) -> dict[str, str | bytes]:
    """The files of a small OneRoster 1.1 export."""
    properties = [{"propertyName": name, "value": value} for name, value in manifest.items()]
    return {
        "manifest.csv": table(("propertyName", "value"), properties),
        "orgs.csv": table(ORGS, orgs),
        "users.csv": table(columns, people),
    }


def write_roster(
    path: Path,
    people: Sequence[Mapping[str, str]] = PEOPLE,
    columns: Sequence[str] = USERS,
    manifest: Mapping[str, str] = MANIFEST,
    orgs: Sequence[Mapping[str, str]] = (SCHOOL,),
) -> Path:
    """A small OneRoster 1.1 zip."""
    return write_zip(path, roster_files(people, columns, manifest, orgs))
