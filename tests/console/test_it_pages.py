"""IT's first pages: what waits, how each account stands, and a long register a page at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from console_scene import Client, words
from httpx2 import Response
from review_scene import SEEN_AT, ReviewScene

from console.context import Console
from console.reading import register
from console.reading.paging import ROWS
from console.reading.register import Standing
from console.routes.it import staff_picker
from records.model import Account, Check, Completeness, Coverage, Outcome
from registry import AccountDraft
from registry.accounts import COLUMNS
from registry.users import Role

SignIn = Callable[[Role], Client]
DAY = timedelta(days=1)


@pytest.fixture
def browser(client: SignIn) -> Client:
    return client(Role.IT)


def checked(review: ReviewScene, account: Account, *outcomes: Outcome) -> None:
    """Its posts were asked for once a day, the last time now."""
    for ago, outcome in enumerate(reversed(outcomes)):
        at, well = SEEN_AT - ago * DAY, outcome is Outcome.OK
        coverage = Coverage(
            account.account_id, Check.POSTS, at, at, outcome, Completeness.FULL if well else Completeness.NONE, 1,
            covers_from=at - DAY if well else None, covers_to=at if well else None,
            error=None if well else "The token has ended", todo=None if well else "Renew it",
        )  # fmt: skip
        review.fetched(at, coverage)


def row_of(page: str, account: Account) -> str:
    """What the row of an account says."""
    found = re.search(rf'<tr>(?:(?!</tr>).)*/it/accounts/{re.escape(account.account_id)}".*?</tr>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_an_account_that_cannot_be_reached_says_so_on_every_page_and_stands_first(
    console: Console, browser: Client, review: ReviewScene
) -> None:
    well, cut, *_ = (each for each in review.accounts if each.consent_in_force(console.now()))
    checked(review, well, *[Outcome.OK] * 8)
    checked(review, cut, *[Outcome.OK] * 6, Outcome.DISCONNECTED, Outcome.DISCONNECTED)
    review.publish()
    assert "1 account is disconnected" in words(browser.get("/it"))
    for path in ("/it", "/it/coverage"):
        page = browser.get(path).text
        assert "Disconnected" in row_of(page, cut) and "Collected" in row_of(page, well), path
    board = browser.get("/it/coverage").text
    assert board.index(f"@{cut.handle}") < board.index(f"@{well.handle}")
    assert row_of(board, cut).endswith("The token has ended. Renew it. 48 not noted")
    only = words(browser.get("/it?state=disconnected"))
    assert f"@{cut.handle}" in only and f"@{well.handle}" not in only
    assert "The token has ended. Renew it." in words(browser.get(f"/it/accounts/{cut.account_id}"))


def test_an_owner_can_be_written_to_where_something_waits_for_them_and_nowhere_else(
    console: Console, browser: Client, review: ReviewScene
) -> None:
    well, cut, *_ = (each for each in review.accounts if each.consent_in_force(console.now()))
    checked(review, well, *[Outcome.OK] * 8)
    checked(review, cut, Outcome.DISCONNECTED)
    review.publish()
    emails = {each.account.account_id: each.owner_email for each in console.registry.registered()}
    assert emails[well.account_id] and emails[cut.account_id] and emails[well.account_id] != emails[cut.account_id]
    board = browser.get("/it/coverage").text
    assert f'href="mailto:{emails[cut.account_id]}"' in board and emails[well.account_id] not in board
    for account in (well, cut):
        assert f'href="mailto:{emails[account.account_id]}"' in browser.get(f"/it/accounts/{account.account_id}").text
    kept = "".join(browser.get(path).text for path in ("/it", "/it/accounts.csv"))
    due = {each.owner_email for each in register.due(console.registry.registered(), console.now())}
    assert {email for email in emails.values() if email in kept} == due


def test_what_one_account_shows_is_what_the_board_shows(console: Console, review: ReviewScene) -> None:
    account, other, *_ = review.accounts
    checked(review, account, Outcome.OK, Outcome.OK, Outcome.FAILED)
    checked(review, other, Outcome.OK)
    review.publish()
    with console.archive.cursor() as cursor:
        board, alone = register.sight(cursor), register.sight(cursor, account.account_id)
    assert board.of(account, console.now()) == alone.of(account, console.now())
    assert set(board.checks) == {account.account_id, other.account_id} and set(alone.checks) == {account.account_id}


def test_hours_of_gap_grow_while_nothing_new_is_published(console: Console, review: ReviewScene) -> None:
    account = next(each for each in review.accounts if each.consent_in_force(console.now()))
    checked(review, account, *[Outcome.OK] * 9)
    review.publish()
    with console.archive.cursor() as cursor:
        sight = register.sight(cursor)
    assert [sight.of(account, SEEN_AT + late * DAY).gap_hours for late in (0, 1, 3)] == [0, 24, 72]


def test_a_long_register_comes_a_page_at_a_time_and_is_narrowed_over_all_of_it(
    console: Console, browser: Client
) -> None:
    registry, known = console.registry, console.registry.accounts()
    one = next(each for each in known if each.platform == "x")
    for number in range(ROWS):
        draft = AccountDraft("x", f"77{number:04}", f"zz_many_{number:03}", one.owner_id, one.school, "News", "c")
        registry.add_account(draft, "it", console.now(), "many")
    first, last = browser.get("/it"), browser.get("/it?page=999")
    assert f"{ROWS + len(known)} of {ROWS + len(known)} accounts" in words(first)
    assert first.text.count('<th scope="row">') == ROWS and "Page 1 of 2" in first.text
    assert last.text.count('<th scope="row">') == len(known) and "Page 2 of 2" in last.text
    assert "Page 1" not in browser.get("/it?q=zz_many_09").text
    (onwards,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    assert unescape(onwards) == "/it?q=&platform=&school=&state=&page=2"
    assert words(browser.get("/it?page=nonsense")) == words(first)


def test_a_change_in_the_registry_is_on_the_next_page(console: Console, browser: Client) -> None:
    account = console.registry.accounts()[0]
    assert "Deactivated" not in row_of(browser.get("/it").text, account)
    console.registry.deactivate_account(account.account_id, "it", console.now(), "closed")
    assert "Deactivated" in row_of(browser.get("/it").text, account)


@pytest.mark.parametrize(
    ("days", "standing"),
    [
        (400, Standing("collected", "good")),
        (30, Standing("proof ends soon", "wait")),
        (0, Standing("proof has ended", "alert")),
    ],
)
def test_a_proof_that_ends_is_seen_coming(console: Console, days: int, standing: Standing) -> None:
    registry, now = console.registry, console.now()
    account = registry.accounts()[0]
    registry.verify_account(account.account_id, "letter", "it", now, "met", now + timedelta(days=days, seconds=1))
    each = registry.registered_account(account.account_id)
    assert register.standing(each, now + timedelta(seconds=1)) == standing


# changing an account


def changed(browser: Client, account: Account, version: str, **typed: str) -> Response:
    """Send the form of the account's change, as it is except for what is ``typed``."""
    is_now = {"owner": account.owner_id, "school": account.school, "purpose": account.purpose}
    fields = {**is_now, "credential": account.credential, "why": "because", "version": version, **typed}
    return browser.submit(f"/it/accounts/{account.account_id}/change", **fields)


def test_an_account_is_given_to_somebody_else_who_proves_it_anew(console: Console, browser: Client) -> None:
    registry = console.registry
    read = registry.registered_account(
        next(a.account_id for a in registry.accounts() if a.consent_in_force(console.now()))
    )
    someone = next(id_ for id_, _ in registry.directory.staff() if id_ != read.account.owner_id)
    answer = changed(browser, read.account, read.version, owner=someone)
    assert "was changed." in words(browser.follow(answer))
    given = registry.registered_account(read.account.account_id).account
    assert (given.owner_id, given.consent_in_force(console.now())) == (someone, False)


def test_the_second_of_two_people_sees_what_the_first_did_and_chooses(console: Console, browser: Client) -> None:
    read = console.registry.registered_account(console.registry.accounts()[0].account_id)
    assert changed(browser, read.account, read.version, purpose="News of the first").status_code == 303
    answer = changed(browser, read.account, read.version, purpose="News of the second")
    assert answer.status_code == 409
    assert "was changed by somebody else meanwhile" in words(answer)
    assert "News of the first" in words(answer) and "News of the second</textarea>" in answer.text
    newer = console.registry.registered_account(read.account.account_id)
    assert f'name="version" value="{newer.version}"' in answer.text
    assert changed(browser, read.account, newer.version, purpose="News of the second").status_code == 303


def test_in_a_long_roster_somebody_is_found_by_a_part_of_the_name(
    console: Console, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_picker, "MANY", 0)
    read = console.registry.registered_account(console.registry.accounts()[0].account_id)
    staff = console.registry.directory.staff()
    first = staff[0][1].split()[0].lower()
    fitting = [each for each in staff if first in each[1].lower()]
    answer = changed(browser, read.account, read.version, owner=first)
    assert answer.status_code == 422 and "could be one of several people" in words(answer)
    offered = re.findall(r'name="owner_id" value="([^"]+)"', answer.text)
    assert offered == [id_ for id_, _ in fitting]
    nobody = changed(browser, read.account, read.version, owner="nobody at all", owner_id=offered[0])
    assert "Nobody on the staff is called 'nobody at all'" in words(nobody)
    assert changed(browser, read.account, read.version, owner=first, owner_id=offered[0]).status_code == 303
    found = console.registry.registered_account(read.account.account_id)
    assert found.account.owner_id == offered[0]
    page = browser.get(f"/it/accounts/{read.account.account_id}/change").text
    assert f'value="{found.owner_name}"' in page and f'value="{offered[0]}" checked' in page
    assert (
        changed(browser, found.account, found.version, owner=found.owner_name.upper(), purpose="N").status_code == 303
    )


def test_a_reference_of_going_live_is_corrected_by_whoever_sees_the_newest(console: Console, browser: Client) -> None:
    console.registry.go_live_done("committee-vote", "it", console.now(), "Minute 7")
    assert 'name="shown" value="Minute 7"' in browser.get("/it/golive").text
    path = "/it/golive/committee-vote/correct"
    answer = browser.submit(path, shown="Minute 7", reference="Minute 9", why="Another meeting")
    page = words(browser.follow(answer))
    assert "Corrected: The School Committee has voted for it." in page and "by IT One: Minute 9" in page
    slower = browser.submit(path, shown="Minute 7", reference="Minute 8", why="A slip")
    assert (slower.status_code, "was corrected meanwhile" in words(slower)) == (409, True)


def test_a_handle_that_was_seen_stands_on_the_accounts_page_with_its_day(console: Console, browser: Client) -> None:
    account = console.registry.accounts()[0]
    console.registry.observe_handle(account.account_id, "NewName", "hallpass", console.now(), "seen")
    page = words(browser.get(f"/it/accounts/{account.account_id}"))
    assert "@NewName, first seen on October 19, 2026 as the platform shows it" in page
    assert f"@{account.handle}, since" in page


def test_the_register_as_a_file_can_be_imported_and_changes_nothing(console: Console, browser: Client) -> None:
    answer = browser.get("/it/accounts.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="accounts.csv"'
    tried = browser.submit("/it/import", files={"file": ("accounts.csv", answer.content, "text/csv")})
    number = len(console.registry.accounts())
    assert f"0 accounts would be added. {number} rows stood there already." in words(tried)
    empty = browser.get("/it/accounts.csv?rows=none").text
    assert empty.strip().split(",") == list(COLUMNS)


def test_a_file_that_could_be_tried_can_be_imported_however_its_letters_are_sent(
    console: Console, browser: Client
) -> None:
    one = console.registry.accounts()[0]
    rows = [f"x,88{n:04},Class{n},{one.owner_id},{one.school},{'é' * 2000},c,2026-10-01,," for n in range(900)]
    file = "\n".join([",".join(COLUMNS), *rows]).encode()
    tried = browser.submit("/it/import", files={"file": ("accounts.csv", file, "text/csv")})
    assert "900 accounts would be added." in words(tried)
    assert tried.text.count('<form method="post" action="/it/import" enctype="multipart/form-data"') == 2
    (kept,) = re.findall(r'name="content" value="([^"]*)"', tried.text)
    parts = {"csrf": (None, browser.token), "step": (None, "import"), "content": (None, unescape(kept))}
    assert "900 accounts were added." in words(browser.follow(browser.post("/it/import", files=parts)))
    answer = browser.submit("/it/import", files={"file": ("accounts.csv", file + b"\n" * (1 << 20), "text/csv")})
    assert answer.status_code == 422
    assert "The file has more than 4 MB. Import it in parts." in words(answer)


def test_of_thousands_of_wrong_rows_the_first_are_told_and_how_many_there_are(browser: Client) -> None:
    rows = [f"x,88{n:04},Class{n},nobody,afps,News,c,2026-10-01,," for n in range(1_200)]
    file = "\n".join([",".join(COLUMNS), *rows]).encode()
    answer = browser.submit("/it/import", files={"file": ("accounts.csv", file, "text/csv")})
    told = words(answer)
    assert answer.status_code == 422
    assert "1,200 rows cannot be used." in told and "These are the first 200." in told
    assert answer.text.count('<th scope="row">') == 200
