"""What the roster's parser takes, what it leaves, and how it says no."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from roster_kit import MANIFEST, PEOPLE, STUDENT, TEACHER, USERS, roster_files, table, write_roster, write_zip

from records.errors import BadInput
from registry import csvzip
from registry.oneroster import Roster, RosterIdentity, RosterOrg, RosterPerson

ROLES = ("sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "orgSourcedId")
PROFILES = ("sourcedId", "status", "dateLastModified", "userSourcedId", "vendorId", "username", "password")


def people(path: Path) -> list[RosterPerson]:
    with Roster(path) as roster:
        assert list(roster.orgs())
        return list(roster.people())


def handles(path: Path) -> list[tuple[str, str, str, int]]:
    return [(i.platform, i.platform_id, i.handle, i.trust) for i in people(path)[0].identities]


def complaint(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        people(path)
    message = str(refused.value)
    assert "\n" not in message
    return message


def broken(path: Path, **files: str | bytes | None) -> Path:
    """The small roster with some files replaced, or left out where None; ``_`` in a name stands for the dot."""
    whole = {**roster_files(), **{name.replace("_", "."): content for name, content in files.items()}}
    return write_zip(path, {name: content for name, content in whole.items() if content is not None})


def test_people_are_read_with_names_of_staff_only(tmp_path: Path) -> None:
    assert people(write_roster(tmp_path / "r.zip")) == [
        RosterPerson("t1", "staff", "teacher", "Ann Larkin", (RosterIdentity("x", "", "MsLarkin", 3),)),
        RosterPerson("s1", "student", "student", None, ()),
        RosterPerson("g1", "guardian", "guardian", None, (RosterIdentity("x", "", "jomoss", 3),)),
    ]


def test_schools_are_read(tmp_path: Path) -> None:
    with Roster(write_roster(tmp_path / "r.zip")) as roster:
        assert list(roster.orgs()) == [RosterOrg("high", "High School", "school")]


def test_a_bom_is_tolerated_in_every_file(tmp_path: Path) -> None:
    files = {name: b"\xef\xbb\xbf" + str(text).encode() for name, text in roster_files().items()}
    assert people(write_zip(tmp_path / "r.zip", files)) == people(write_roster(tmp_path / "plain.zip"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a.larkin@alder.example", "a.larkin@alder.example"),
        ("", None),
        ("ask the office", None),
        ("a@b?cc=everybody@alder.example", None),
        (f"{'a' * 250}@b.example", None),
    ],
)
def test_an_address_is_read_of_staff_and_of_nobody_else(tmp_path: Path, written: str, read: str | None) -> None:
    listed = people(write_roster(tmp_path / "r.zip", [{**person, "email": written} for person in PEOPLE]))
    assert [(each.kind, each.email) for each in listed] == [("staff", read), ("student", None), ("guardian", None)]


def test_phone_sms_password_grades_and_demographics_may_hold_anything_and_are_not_read(tmp_path: Path) -> None:
    secret = {"sms": "5550100", "phone": "5550101", "password": "hunter2", "grades": "99"}
    files = roster_files(people=[{**person, **secret} for person in PEOPLE])
    files["demographics.csv"] = b"\xff\xfe not even text"
    read = people(write_zip(tmp_path / "r.zip", files))
    assert read == people(write_roster(tmp_path / "plain.zip"))


def test_columns_that_are_never_read_may_be_missing(tmp_path: Path) -> None:
    without = [c for c in USERS if c not in ("sms", "phone", "password", "grades")]
    assert people(write_roster(tmp_path / "r.zip", columns=without)) == people(write_roster(tmp_path / "plain.zip"))


def test_handles_come_from_user_ids_and_metadata_columns_in_their_order_of_trust(tmp_path: Path) -> None:
    teacher = {
        **TEACHER,
        "userIds": "{Twitter:@MsLarkin},{ldap:larkin},{facebook:100200}",
        "metadata.x": "larkin_bio",
        "metadata.twitter_handle": "mslarkin",
        "metadata.locker": "17",
    }
    columns = [*USERS, "metadata.x", "metadata.twitter_handle", "metadata.locker"]
    assert handles(write_roster(tmp_path / "r.zip", [teacher], columns)) == [
        ("facebook", "100200", "", 3),
        ("x", "", "MsLarkin", 3),
        ("x", "", "larkin_bio", 4),
    ]


def test_version_1_2_takes_roles_and_handles_from_their_own_files(tmp_path: Path) -> None:
    manifest = {**MANIFEST, "oneroster.version": "1.2", "file.roles": "bulk", "file.userProfiles": "bulk"}
    columns = [c for c in USERS if c not in ("role", "orgSourcedIds")]
    rows = [{k: v for k, v in person.items() if k != "role"} for person in (TEACHER, STUDENT)]
    files = roster_files(rows, columns, manifest)
    files["roles.csv"] = table(
        ROLES,
        [
            {"sourcedId": "r1", "userSourcedId": "t1", "role": "parent"},
            {"sourcedId": "r2", "userSourcedId": "t1", "role": "principal"},
            {"sourcedId": "r3", "userSourcedId": "s1", "role": "student"},
        ],
    )
    profile = {"sourcedId": "p1", "userSourcedId": "t1", "vendorId": "X", "username": "MSLARKIN", "password": "hunter2"}
    files["userProfiles.csv"] = table(PROFILES, [profile])
    assert people(write_zip(tmp_path / "r.zip", files)) == [
        RosterPerson("t1", "staff", "principal", "Ann Larkin", (RosterIdentity("x", "", "MSLARKIN", 2),)),
        RosterPerson("s1", "student", "student", None, ()),
    ]


def test_version_1_2_without_a_role_for_somebody_is_refused(tmp_path: Path) -> None:
    manifest = {**MANIFEST, "oneroster.version": "1.2", "file.roles": "bulk"}
    files = roster_files([STUDENT], manifest=manifest)
    files["roles.csv"] = "status,userSourcedId,role\n"
    assert "users.csv line 2, column role" in complaint(write_zip(tmp_path / "r.zip", files))


@pytest.mark.parametrize("column", ["sourcedId", "role", "userIds", "orgSourcedIds", "familyName"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    path = write_roster(
        tmp_path / "r.zip",
        [{k: v for k, v in p.items() if k != column} for p in PEOPLE],
        [c for c in USERS if c != column],
    )
    assert f"users.csv line 1: the column '{column}' is missing" in complaint(path)


def test_a_column_in_the_wrong_case_counts_as_missing(tmp_path: Path) -> None:
    text = str(roster_files()["users.csv"]).replace("sourcedId,", "SourcedID,", 1)
    assert "the column 'sourcedId' is missing" in complaint(broken(tmp_path / "r.zip", users_csv=text))


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({**STUDENT, "role": "janitor"}, "users.csv line 3, column role: 'janitor' is not a OneRoster role"),
        ({**STUDENT, "sourcedId": ""}, "users.csv line 3, column sourcedId: it is empty"),
        ({**STUDENT, "sourcedId": "t1"}, "users.csv line 3, column sourcedId: 't1' stands there twice"),
        ({**STUDENT, "sourcedId": "s" * 256}, "users.csv line 3, column sourcedId: it is longer than 255 characters"),
        ({**STUDENT, "userIds": "x:kit"}, "users.csv line 3, column userIds: it is not of the form {type:id}"),
        ({**STUDENT, "userIds": "{x:" + "k" * 3000 + "}"}, "users.csv line 3: column 'userIds' is longer than 2,000"),
        (
            {**STUDENT, "userIds": "{x:\0}"},
            "users.csv line 3: column 'userIds' is longer than 2,000 characters or holds",
        ),
    ],
)
def test_a_row_that_cannot_be_is_named_by_line_and_column(tmp_path: Path, row: dict[str, str], where: str) -> None:
    assert where in complaint(write_roster(tmp_path / "r.zip", [TEACHER, row]))


def test_a_row_with_the_wrong_number_of_fields_is_named(tmp_path: Path) -> None:
    text = str(roster_files()["users.csv"]) + "s9,,,true\r\n"
    message = complaint(broken(tmp_path / "r.zip", users_csv=text))
    assert "users.csv line 5: 4 fields where the header has 18" in message


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (",".join(USERS).encode() + b"\nt1,,,,,teacher,,,Ren\xe9,Larkin,,,,,,,,\n", "users.csv line 2 is not UTF-8"),
        ("sourcedId".encode("utf-16"), "users.csv line 1 is not UTF-8"),
        (b"", "users.csv is empty"),
        (b'"sourcedId,\n', "users.csv line 1 is not CSV"),
        (b"a,a,sourcedId\n", "the column 'status' is missing"),
        (",".join([*USERS, "grades"]).encode() + b"\n", "users.csv line 1: the column 'grades' stands twice"),
        (b"x" * 1_000_001, "users.csv line 1 is longer than 1,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    assert problem in complaint(broken(tmp_path / "r.zip", users_csv=content))


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ({"oneroster.version": ""}, "manifest.csv does not say a version in oneroster.version"),
        ({"oneroster.version": "1.0"}, "manifest.csv says '1.0' in oneroster.version"),
        ({"file.users": "some"}, "manifest.csv says 'some' of file.users"),
        ({"file.users": "absent"}, "manifest.csv says that users.csv is absent"),
    ],
)
def test_a_manifest_that_promises_too_little_is_refused(tmp_path: Path, manifest: dict[str, str], problem: str) -> None:
    assert problem in complaint(write_roster(tmp_path / "r.zip", manifest={**MANIFEST, **manifest}))


def test_a_zip_without_a_manifest_is_refused(tmp_path: Path) -> None:
    message = complaint(broken(tmp_path / "r.zip", manifest_csv=None))
    assert message.startswith("r.zip holds no manifest.csv. Zip the files themselves, not a folder around them")


def test_a_cell_of_several_lines_is_told_in_one(tmp_path: Path) -> None:
    path = write_roster(tmp_path / "r.zip", [{**TEACHER, "role": "school\njanitor"}])
    assert "column role: 'school janitor' is not a OneRoster role" in complaint(path)


def test_a_file_that_the_manifest_promises_must_be_there(tmp_path: Path) -> None:
    assert "holds no users.csv, which its manifest promises" in complaint(broken(tmp_path / "r.zip", users_csv=None))


@pytest.mark.parametrize("name", ["../users.csv", "/etc/users.csv", "..\\users.csv", "C:\\users.csv"])
def test_a_name_that_leaves_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    message = complaint(write_zip(tmp_path / "r.zip", {**roster_files(), name: "x"}))
    assert message.startswith("r.zip is refused: the name ")


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = write_roster(tmp_path / "r.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.csv", "other")
    assert "'users.csv' stands in it twice" in complaint(path)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = broken(tmp_path / "r.zip", users_csv=b"\0" * (20 << 20))
    assert "'users.csv' in it unpacks to 20,971,520 bytes" in complaint(path)


def test_a_zip_of_too_many_files_is_refused(tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {f"{n}.csv": "" for n in range(csvzip.MAX_FILES)}
    assert "it holds 203 files" in complaint(write_zip(tmp_path / "r.zip", {**roster_files(), **more}))


def test_what_is_not_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text("sourcedId\n")
    assert complaint(path).startswith("users.csv cannot be read: File is not a zip file")
    assert complaint(tmp_path / "none.zip").startswith("none.zip cannot be read: No such file or directory")
    assert complaint(tmp_path).endswith("Give the OneRoster zip as your student system exports it.")


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = write_roster(tmp_path / "r.zip")
    content = bytearray(path.read_bytes())
    content[content.find(b"users.csv") + 40] ^= 0xFF
    path.write_bytes(content)
    assert "users.csv in r.zip cannot be read" in complaint(path)


quiet = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
cells = st.text(max_size=8) | st.sampled_from(["", "t1", "student", "teacher", "{x:a}", "tobedeleted", '"', "\r", "é"])
rows = st.lists(st.lists(cells, min_size=1, max_size=20) | st.lists(cells, min_size=18, max_size=18), max_size=6)


def reads_or_refuses(files: dict[str, str | bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_zip(Path(folder) / "r.zip", files)
        try:
            read = people(path)
        except BadInput as refused:
            assert "\n" not in str(refused)
        else:
            assert {person.kind for person in read} <= {"staff", "student", "guardian"}


@quiet
@given(rows)
def test_any_rows_are_read_or_refused_in_one_line(table_rows: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(USERS)
    writer.writerows(table_rows)
    reads_or_refuses({**roster_files(), "users.csv": text.getvalue().encode("utf-8", "surrogatepass")})


@quiet
@given(st.sampled_from(["manifest.csv", "orgs.csv", "users.csv"]), st.binary(max_size=300))
def test_any_bytes_in_a_file_are_read_or_refused_in_one_line(name: str, content: bytes) -> None:
    reads_or_refuses({**roster_files(), name: content})


@quiet
@given(st.data())
def test_any_damage_to_the_zip_is_read_around_or_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_roster(Path(folder) / "r.zip")
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        try:
            people(path)
        except BadInput as refused:
            assert "\n" not in str(refused)
