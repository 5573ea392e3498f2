"""The registry's commands as an IT person types them: what they say, and their one line when they refuse."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from roster_kit import TEACHER, write_roster
from typed_command import AT, Hallpass

from registry import Registry, accounts, grants, organisations


@pytest.fixture
def roster(hallpass: Hallpass, tmp_path: Path) -> Path:
    """An imported roster."""
    path = write_roster(tmp_path / "roster.zip")
    assert hallpass("roster", "import", path)[0] == 0
    return path


@pytest.fixture
def account(hallpass: Hallpass, roster: Path) -> str:
    """A registered account."""
    code, _, err = hallpass(*ADD)
    assert (code, err) == (0, "")
    return "x:1845"


@pytest.fixture
def seal(hallpass: Hallpass, tmp_path: Path) -> str:
    """A mark of the district."""
    Image.new("RGB", (64, 64), "red").save(tmp_path / "seal.png")
    assert hallpass("mark", "add", "seal", tmp_path / "seal.png", "--title", "The seal")[0] == 0
    return "seal"


ADD = (
    *("account", "add", "--platform", "x", "--platform-id", "1845", "--handle", "@LarkinBiology"),
    *("--owner", "t1", "--school", "high", "--purpose", "Biology news", "--why", "asked for"),
)


def cells(line: str) -> list[str]:
    """The cells of the first table row that starts with ``│``."""
    return [cell.strip() for cell in re.findall(r"│([^│]*)", line)]


def only_row(out: str, columns: int) -> list[str]:
    """The cells of a table of one row, the lines of each joined by a space."""
    found = cells(out)
    return [" ".join(filter(None, found[n :: columns + 1])) for n in range(columns)]


def test_a_roster_is_imported_and_counted(hallpass: Hallpass, tmp_path: Path) -> None:
    path = write_roster(tmp_path / "roster.zip")
    code, out, _ = hallpass("roster", "import", path, "--dry-run")
    assert code == 0
    assert out.startswith("Nothing was changed; this would be the outcome:")
    code, out, _ = hallpass("roster", "import", path)
    assert out.startswith("OneRoster 1.1 imported.")
    assert "3 added, 0 updated, 0 removed, 0 unchanged; 2 handles known." in out


def test_a_roster_that_cannot_be_used_is_one_line(hallpass: Hallpass, tmp_path: Path) -> None:
    path = write_roster(tmp_path / "roster.zip", [{**TEACHER, "role": "janitor"}])
    assert hallpass("roster", "import", path) == (
        2,
        "",
        (
            "hallpass: users.csv line 2, column role: 'janitor' is not a OneRoster role. "
            "Correct it in the student system and export again; nothing was changed.\n"
        ),
    )


def test_an_account_goes_from_registered_to_verified_to_deactivated(hallpass: Hallpass, account: str) -> None:
    assert only_row(hallpass("account", "list")[1], 5) == [
        "@LarkinBiology x:1845",
        "High School",
        "Ann Larkin",
        "–",
        "no: verify it",
    ]
    code, out, _ = hallpass("account", "verify", "larkinbiology", "--method", "letter", "--until", "2027-06-30")
    assert (code, out) == (0, "x:1845 is collected up to and including 2027-06-30.")
    assert only_row(hallpass("account", "list")[1], 5)[3:] == ["2027-06-30", "yes"]
    code, out, _ = hallpass("account", "deactivate", account, "--why", "class is over")
    assert (code, out) == (0, "x:1845 is no longer collected; its archive stays.")
    assert "No account is registered" in hallpass("account", "list")[1]
    assert only_row(hallpass("account", "list", "--all")[1], 5)[4] == "no: deactivated"


def test_a_decision_is_signed_by_the_user_or_by_whom_the_command_names(
    hallpass: Hallpass, account: str, tmp_path: Path
) -> None:
    hallpass("account", "verify", account, "--method", "oauth", "--by", "lee", "--why", "signed in")
    with Registry.open(tmp_path / "registry.sqlite") as registry:
        signed = [(e.action, e.by, e.at, e.reason) for e in registry.outbox()]
    assert signed == [
        ("roster.imported", "dana", AT, "imported from roster.zip"),
        ("account.registered", "dana", AT, "asked for"),
        ("account.verified", "lee", AT, "signed in"),
    ]


def test_the_usual_connection_is_named_where_none_is_given(hallpass: Hallpass, account: str, tmp_path: Path) -> None:
    hallpass(*("facebook" if a == "x" else a for a in ADD))
    with Registry.open(tmp_path / "registry.sqlite") as registry:
        assert {a.account_id: a.credential for a in registry.accounts()} == {
            "facebook:1845": "hallpass_facebook_1845",
            "x:1845": "hallpass_x",
        }


def test_an_account_registered_twice_or_on_an_unknown_platform_is_one_line(hallpass: Hallpass, account: str) -> None:
    assert hallpass(*ADD) == (
        2,
        "",
        "hallpass: The account x:1845 is registered already, as @LarkinBiology. Open it in the list of accounts.\n",
    )
    assert hallpass(*("myspace" if a == "x" else a for a in ADD)) == (
        2,
        "",
        "hallpass: 'myspace' is not a platform that can be collected. Use one of x, facebook.\n",
    )


def test_a_leaver_is_proposed_where_accounts_are_listed(hallpass: Hallpass, account: str, tmp_path: Path) -> None:
    without = write_roster(tmp_path / "later.zip", [{**TEACHER, "sourcedId": "t2"}])
    assert (
        "The owner of @LarkinBiology has left: hallpass account deactivate x:1845"
        in hallpass("roster", "import", without)[1]
    )
    assert "The owner of @LarkinBiology left the roster on 2026-09-07" in hallpass("account", "list")[1]


def write_csv(path: Path, columns: tuple[str, ...], *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return path


def test_a_spreadsheet_with_wrong_rows_shows_each_and_changes_nothing(
    hallpass: Hallpass, roster: Path, tmp_path: Path
) -> None:
    good = ("x", "1", "one", "t1", "high", "news", "hallpass_x", "2026-08-17", "2026-08-17", "2027-08-17")
    nobody, twice = ("x", "2", "[/two]", "nobody", *good[4:]), ("x", "1", "other", *good[3:])
    path = write_csv(tmp_path / "accounts.csv", accounts.COLUMNS, good, nobody, twice)
    code, out, err = hallpass("account", "import", path)
    assert code == 2
    assert cells(out)[0] == "3"
    assert "The owner 'nobody' is not on the roster" in out
    assert "The account x:1 is registered already, as @one" in out
    assert err.startswith("hallpass: accounts.csv line 3: The owner 'nobody' is not on the roster.")
    assert err.endswith("(and 1 more); nothing was imported. Correct the file and import it again.\n")
    assert "No account is registered" in hallpass("account", "list")[1]


def test_spreadsheets_of_all_kinds_are_imported(hallpass: Hallpass, roster: Path, seal: str, tmp_path: Path) -> None:
    account = ("x", "1", "one", "t1", "high", "news", "hallpass_x", "2026-08-17", "2026-08-17", "2027-08-17")
    grant = ("seal", "one", "x", "fair", "2026-09-01", "2026-09-30", "sup", "asked for")
    city = ("x", "", "city", "The City", "sup", "snow days")
    for command, columns, row in (
        ("account", accounts.COLUMNS, account),
        ("grant", grants.COLUMNS, grant),
        ("organisation", organisations.COLUMNS, city),
    ):
        path = write_csv(tmp_path / f"{command}.csv", columns, row)
        assert hallpass(command, "import", path, "--dry-run")[1] == f"{command}.csv: 1 would be added, 0 there already."
        assert hallpass(command, "import", path)[1] == f"{command}.csv: 1 added, 0 there already."
        assert hallpass(command, "import", path)[1] == f"{command}.csv: 0 added, 1 there already."


@pytest.mark.parametrize(
    ("command", "columns"),
    [("account", accounts.COLUMNS), ("grant", grants.COLUMNS), ("organisation", organisations.COLUMNS)],
)
def test_the_help_of_an_import_names_its_columns(hallpass: Hallpass, command: str, columns: tuple[str, ...]) -> None:
    assert f"Columns: {', '.join(columns)}." in hallpass(command, "import", "--help")[1]


def test_dates_are_the_districts_days_and_the_last_day_counts(
    hallpass: Hallpass, account: str, seal: str, tmp_path: Path
) -> None:
    code, out, _ = hallpass(
        *("grant", "add", "--asset", "seal", "--account", "all", "--purpose", "fair", "--decided-by", "sup"),
        *("--from", "2026-09-01", "--to", "2026-09-30", "--why", "asked for"),
    )
    assert (code, out) == (0, "G1: all accounts may use seal.")
    with Registry.open(tmp_path / "registry.sqlite") as registry:
        (grant,) = registry.grants()
    assert (grant.starts, grant.ends) == (
        datetime(2026, 9, 1, 4, tzinfo=UTC),
        datetime(2026, 10, 1, 4, tzinfo=UTC),
    )
    listed = ["G1", "seal", "all accounts", "fair", "2026-09-01 2026-09-30", "sup"]
    assert only_row(hallpass("grant", "list")[1], 6) == listed
    assert hallpass("grant", "revoke", "G1", "--why", "misused")[1] == "G1 is revoked."
    assert only_row(hallpass("grant", "list")[1], 6)[4] == "2026-09-01 2026-09-30 revoked 2026-09-07"


def test_on_eighty_columns_no_id_no_date_and_no_word_is_cut(
    hallpass: Hallpass, roster: Path, seal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = ("facebook", "100057433948528", "StonebridgeElementaryLibrary", "t1", "high", "news", "hallpass_x", "")
    path = write_csv(tmp_path / "accounts.csv", accounts.COLUMNS, (*page, "2026-08-17", "2027-08-16"))
    assert hallpass("account", "import", path)[0] == 0
    given = hallpass(
        *("grant", "add", "--asset", seal, "--account", page[2], "--purpose", "multiplication championships"),
        *("--decided-by", "Superintendent of Schools", "--from", "2026-09-01", "--to", "2026-09-30"),
    )[1]
    assert given == "G1: @StonebridgeElementaryLibrary (facebook) may use seal."
    account, *_, consent, collected = only_row(hallpass("account", "list")[1], 5)
    assert (account, consent, collected) == (
        "@StonebridgeElementaryLibrary facebook:100057433948528",
        "2027-08-16",
        "yes",
    )
    listed = only_row(hallpass("grant", "list")[1], 6)
    assert listed[4] == "2026-09-01 2026-09-30"
    assert [cell.replace(" ", "") for cell in listed] == [
        "G1",
        "seal",
        "@StonebridgeElementaryLibrary(facebook)",
        "multiplicationchampionships",
        "2026-09-012026-09-30",
        "SuperintendentofSchools",
    ]


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        ("2026-09-30", "2026-09-01", "The permission would end before it begins. Correct one of the two dates.\n"),
        ("soon", "", "'soon' is not a date or a time. Write it as 2026-09-01"),
        ("", "", "The permission has no first day"),
    ],
)
def test_a_grant_that_cannot_be_is_one_line(
    hallpass: Hallpass, account: str, seal: str, first: str, last: str, problem: str
) -> None:
    code, out, err = hallpass(
        *("grant", "add", "--asset", seal, "--account", account, "--purpose", "fair"),
        *("--decided-by", "sup", "--from", first, "--to", last),
    )
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert problem in err


def test_marks_and_lookalikes_are_added_and_listed(hallpass: Hallpass, seal: str, tmp_path: Path) -> None:
    assert cells(hallpass("mark", "list")[1])[:5] == ["seal", "The seal", "1", "2026-09-07", "dana"]
    assert "No lookalike is known" in hallpass("lookalike", "list")[1]
    out = hallpass("lookalike", "add", "club", tmp_path / "seal.png", "--title", "A club")[1]
    assert out == "club will not be taken for a mark."
    assert cells(hallpass("lookalike", "list")[1])[:4] == ["club", "A club", "2026-09-07", "dana"]


def test_a_picture_of_one_pixel_is_one_line(hallpass: Hallpass, tmp_path: Path) -> None:
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    assert hallpass("mark", "add", "dot", tmp_path / "dot.png", "--title", "A dot") == (
        2,
        "",
        "hallpass: dot.png is 1x1 pixels. Give one of at least 16 pixels a side.\n",
    )


def test_text_in_brackets_is_shown_as_it_is(hallpass: Hallpass) -> None:
    added = ("organisation", "add", "--platform", "x", "--handle", "pto", "--title", "[red]PTO[/x] :smile:")
    assert hallpass(*added, "--why", "parents")[1] == "O1: [red]PTO[/x] :smile: is accepted."
    row = ["O1", "x", "@pto", "[red]PTO[/x] :smile:", "2026-09-07", "dana", "parents"]
    assert cells(hallpass("organisation", "list")[1])[:7] == row


def test_the_checklist_is_worked_off(hallpass: Hallpass) -> None:
    assert hallpass("golive", "list")[1].endswith("4 still to do.")
    for item in ("union-notice", "committee-vote", "public-notice", "procedures"):
        assert hallpass("golive", "done", item, "--reference", "minute 7")[1] == f"{item} is done: minute 7."
    assert hallpass("golive", "list")[1].endswith("Complete: real accounts may be collected.")


def test_the_monthly_limit_is_set_and_shown_beside_what_the_month_has_cost(hallpass: Hallpass) -> None:
    cost = "X has cost $0.00 of the {} that it may in September 2026. The limit was set by {}."
    assert hallpass("budget", "show")[1] == cost.format("$100.00", "HALLPASS_X_BUDGET_USD")
    assert hallpass("budget", "set", "x", "$1,250", "--why", "as voted")[:2] == (0, "x may cost $1,250.00 a month.")
    assert hallpass("budget", "show")[1] == cost.format("$1,250.00", "dana, 2026-09-07: as voted")
    assert hallpass("budget", "set", "facebook", "5", "--why", "why")[2] == (
        "hallpass: Facebook costs nothing. Set a limit for x.\n"
    )


def test_an_organisation_is_taken_back_and_a_reference_corrected(hallpass: Hallpass) -> None:
    added = ("organisation", "add", "--platform", "x", "--handle", "pto", "--title", "PTO", "--why", "parents")
    assert hallpass(*added)[0] == 0
    assert hallpass("organisation", "take-back", "O1", "--why", "dissolved")[:2] == (
        0, "O1: PTO is accepted no longer.",
    )  # fmt: skip
    assert "No organisation is accepted." in hallpass("organisation", "list")[1]
    assert hallpass("golive", "done", "procedures", "--reference", "2026-27")[0] == 0
    corrected = hallpass("golive", "correct", "procedures", "--reference", "2026-28", "--why", "a slip")
    assert corrected[:2] == (0, "procedures can be read at: 2026-28.")
