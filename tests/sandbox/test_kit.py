"""The office's kit: files in the documented forms, complete, and without what must never be given."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image

from sandbox.clock import FIRST_DEMO
from sandbox.kit import write_kit
from sandbox.marks import LOOKALIKES, MARKS
from sandbox.world import World

USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)


@pytest.fixture(scope="module")
def world() -> World:
    """The first six weeks."""
    return World.make()


@pytest.fixture(scope="module")
def kit(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The written kit."""
    folder = tmp_path_factory.mktemp("office") / "kit"
    write_kit(folder, world, FIRST_DEMO)
    return folder


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _list(kit: Path, name: str) -> list[dict[str, str]]:
    return _rows((kit / name).read_text(encoding="utf-8"))


def _roster(kit: Path, name: str) -> str:
    with zipfile.ZipFile(kit / "roster.zip") as archive:
        return archive.read(name).decode("utf-8")


def test_the_kit_is_complete_and_nothing_more(kit: Path) -> None:
    files = {str(p.relative_to(kit)) for p in kit.rglob("*") if p.is_file()}
    marks = {"marks/district-seal.png", "marks/otter-mascot.svg", "marks/wordmark.png"}
    others = {f"lookalikes/{name}.png" for name in LOOKALIKES}
    assert files == {"roster.zip", "accounts.csv", "organisations.csv", "grants.csv", *marks, *others}
    assert {Path(name).stem for name in marks} == set(MARKS)


def test_the_same_world_gives_the_same_bytes(kit: Path, world: World, tmp_path: Path) -> None:
    write_kit(tmp_path, world, FIRST_DEMO)
    again = {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert again == {str(p.relative_to(kit)): p.read_bytes() for p in kit.rglob("*") if p.is_file()}


def test_the_manifest_says_what_the_zip_holds(kit: Path) -> None:
    with zipfile.ZipFile(kit / "roster.zip") as archive:
        assert archive.namelist() == ["manifest.csv", "orgs.csv", "users.csv"]
    said = {row["propertyName"]: row["value"] for row in _rows(_roster(kit, "manifest.csv"))}
    assert said["oneroster.version"] == "1.1"
    assert {name for name, mode in said.items() if mode == "bulk"} == {"file.orgs", "file.users"}
    assert said["file.demographics"] == "absent"


def test_users_have_the_documented_header_and_no_private_fields(kit: Path, world: World) -> None:
    text = _roster(kit, "users.csv")
    assert text.split("\r\n")[0] == USERS
    rows = _rows(text)
    assert [row["sourcedId"] for row in rows] == [p.sourced_id for p in world.people]
    assert {row[private] for row in rows for private in ("sms", "phone", "grades", "password")} == {""}


def test_students_are_tied_to_their_guardians(kit: Path) -> None:
    rows = {row["sourcedId"]: row for row in _rows(_roster(kit, "users.csv"))}
    agents = [a for row in rows.values() if row["role"] == "student" for a in row["agentSourcedIds"].split(",")]
    assert len(agents) == 250
    assert {rows[a]["role"] for a in agents} == {"guardian"}


def test_handles_stand_in_user_ids_for_many_staff_and_a_few_others(kit: Path) -> None:
    rows = _rows(_roster(kit, "users.csv"))
    with_handle = Counter(row["role"] for row in rows if row["userIds"].startswith("{x:"))
    assert sum(n for role, n in with_handle.items() if role not in ("student", "guardian")) >= 20
    assert 1 <= with_handle["student"] < 20
    assert 1 <= with_handle["guardian"] < 20
    assert any(row["userIds"].startswith("{facebook:") for row in rows)


def test_every_school_of_a_person_or_an_account_is_in_the_roster(kit: Path) -> None:
    orgs = {row["sourcedId"] for row in _rows(_roster(kit, "orgs.csv"))}
    used = {org for row in _rows(_roster(kit, "users.csv")) for org in row["orgSourcedIds"].split(",")}
    used |= {row["school"] for row in _list(kit, "accounts.csv")}
    assert used == orgs


def test_accounts_are_all_listed_with_their_owners_and_consents(kit: Path, world: World) -> None:
    rows = _list(kit, "accounts.csv")
    users = {row["sourcedId"] for row in _rows(_roster(kit, "users.csv"))}
    assert [(r["platform"], r["platform_id"]) for r in rows] == [
        (r.platform, r.platform_id) for r in world.registrations
    ]
    assert {row["owner"] for row in rows} <= users
    assert [r["handle"] for r in rows if r["consent_expires_at"] < "2026-10-19T11:00:00Z"] == ["AFHS_Drama"]


def test_no_secret_is_in_the_kit_only_names_of_credentials(kit: Path) -> None:
    assert {row["credential"].rstrip("0123456789") for row in _list(kit, "accounts.csv")} == {
        "hallpass_x",
        "hallpass_facebook_",
    }


def test_a_paper_names_the_last_day_and_not_the_moment_after_it(kit: Path, world: World) -> None:
    """An office in New York reads the same days, whatever UTC says."""
    days = [(grant.starts, grant.ends) for grant in world.grants]
    told = [(row["starts"], row["ends"]) for row in _list(kit, "grants.csv")]
    assert told == [(f"{a:%Y-%m-%d}", f"{b - timedelta(days=1):%Y-%m-%d}" if b else "") for a, b in days]


def test_grants_name_marks_and_accounts_that_exist_and_say_when(kit: Path) -> None:
    accounts = {(row["platform"], row["handle"]) for row in _list(kit, "accounts.csv")}
    for row in _list(kit, "grants.csv"):
        assert row["asset"] in MARKS
        assert (row["platform"], row["account"]) in accounts | {("", "all")}
        assert not row["ends"] or date.fromisoformat(row["starts"]) < date.fromisoformat(row["ends"])
        assert all(row[field] for field in ("purpose", "decided_by", "why"))


def test_organisations_are_listed_for_both_platforms(kit: Path, world: World) -> None:
    rows = _list(kit, "organisations.csv")
    assert [row["handle"] for row in rows] == [o.handle for o in world.organisations]
    assert {row["platform"] for row in rows} == {"x", "facebook"}


def test_pictures_of_marks_are_transparent(kit: Path) -> None:
    for path in kit.rglob("*.png"):
        with Image.open(path) as opened:
            assert opened.mode == "RGBA"
            assert opened.getchannel("A").getextrema() == (0, 255)
