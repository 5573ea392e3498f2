"""Mail from the report to its recipients through a real server: when, to whom, once, and what a fault does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from postbox import Postbox, free_port, listening, plain_connection, text_of
from report_scene import MONDAY, TERM, ZONE, Scene, busy, quiet
from roster_kit import write_roster

from hallpass.pipeline.mail import Posted, deliver, due_at, queue_report
from hallpass.pipeline.notices import notify, run_failed, run_succeeded, tell_it
from hallpass.settings import Settings
from records.errors import BadInput, Busy, Transient
from records.model import Account, Outcome
from registry import AccountDraft, Registry
from registry.mailing import MailState, Outgoing
from reports.data import to_json
from reports.later import since
from reports.model import WeeklyReport
from reports.week import Week
from warehouse.database import alone

SEVEN = datetime(2026, 10, 19, 11, tzinfo=UTC)
"""Seven on the Monday after week 42, for New York."""


@pytest.fixture(scope="module")
def busy_week(tmp_path_factory: pytest.TempPathFactory) -> WeeklyReport:
    return busy(tmp_path_factory.mktemp("busy")).report()


@pytest.fixture(scope="module")
def quiet_week(tmp_path_factory: pytest.TempPathFactory) -> WeeklyReport:
    return quiet(tmp_path_factory.mktemp("quiet")).report()


@pytest.fixture()
def settings(tmp_path: Path) -> Settings:
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    return Settings(
        folder=tmp_path,
        registry_url=url,
        clock=SEVEN,
        district="Mill Creek Public Schools",
        console_url="https://hallpass.example.org",
        user="it",
    )


@pytest.fixture()
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    postbox = Postbox()
    with listening(postbox) as port:
        monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(port))
        yield postbox


def subscribe(settings: Settings, *lists: str) -> None:
    with Registry.open(settings.registry_url) as registry:
        for name in lists:
            to, _, local = name.partition(":")
            registry.recipients.add(to, f"{local or to}@example.org", "it", TERM)


def outbox(settings: Settings) -> list[Outgoing]:
    with Registry.open(settings.registry_url) as registry:
        return sorted(registry.mailing.all(), key=lambda mail: mail.address)


def at(settings: Settings, moment: datetime) -> Settings:
    return replace(settings, clock=moment)


def test_each_list_gets_its_own_edition_once_however_often_the_task_runs(
    settings: Settings, box: Postbox, busy_week: WeeklyReport
) -> None:
    subscribe(settings, "communications", "superintendent", "it")
    queued = [queue_report(settings, busy_week) for _ in range(2)]
    posted = [deliver(settings) for _ in range(2)]
    assert (queued, posted) == ([2, 0], [Posted(2, 0, 0), Posted(0, 0, 0)])
    mails = box.mails()
    assert {address: mail["Subject"] for address, mail in mails.items()} == {
        "communications@example.org": "Week 42: 6 to look at, 7 of 9 accounts seen",
        "superintendent@example.org": "Week 42: 6 to look at, 7 of 9 accounts seen",
    }
    reports = "https://hallpass.example.org/communications/reports/2026-W42"
    assert f"{reports}/weekly.html\n" in text_of(mails["communications@example.org"])
    assert f"{reports}/one-page.html\n" in text_of(mails["superintendent@example.org"])
    assert "No permission was given" in text_of(mails["superintendent@example.org"])
    assert [mail.message_id for mail in outbox(settings)] == [mail["Message-ID"] for _, mail in sorted(mails.items())]


def test_the_mail_as_its_reader_gets_it(settings: Settings, box: Postbox, quiet_week: WeeklyReport) -> None:
    subscribe(settings, "communications")
    queue_report(settings, quiet_week)
    deliver(settings)
    assert text_of(box.mails()["communications@example.org"]) == (
        "Mill Creek Public Schools\n"
        "Week 42: 12–18 October 2026\n"
        "===========================\n"
        "\n"
        "3 of 3 registered accounts could be seen, without a gap; in what was seen,\n"
        "nothing new needs a person.\n"
        "\n"
        "Data as of Mon 19 Oct 2026, 07:00\n"
        "Made Mon 19 Oct 2026, 07:00\n"
        "All times America/New_York\n"
        "\n"
        "What could be seen\n"
        "------------------\n"
        "      3 of 3  accounts captured\n"
        "           0  disconnected or interrupted\n"
        "           0  refused: no consent in force\n"
        "           0  hours of gap in the week\n"
        "           0  pictures not looked at\n"
        "           3  posts in the week, 3 archived\n"
        "           0  comments in the week, 0 archived\n"
        "           0  pictures in the week, 0 archived\n"
        "\n"
        "\n"
        "For a person to look at\n"
        "-----------------------\n"
        "Nothing needs a person in what could be seen: 3 of 3 registered accounts,\n"
        "without a gap.\n"
        "\n"
        "\n"
        "The report\n"
        "----------\n"
        "Evidence, accounts and trends are in the report itself.\n"
        "\n"
        "https://hallpass.example.org/communications/reports/2026-W42/weekly.html\n"
        "\n"
    )


def test_nothing_is_sent_before_seven_nor_on_a_holiday(
    settings: Settings, box: Postbox, quiet_week: WeeklyReport
) -> None:
    subscribe(settings, "communications")
    closed = settings.folder / "closed.csv"
    closed.write_text("date,title\n2026-10-19,Storm\n")
    with Registry.open(settings.registry_url) as registry:
        registry.closures.import_csv(closed, "it", TERM)
    queue_report(settings, quiet_week)
    tuesday = SEVEN + timedelta(days=1)
    tried = [deliver(at(settings, moment)).sent for moment in (SEVEN, tuesday - timedelta(minutes=1), tuesday)]
    assert tried == [0, 0, 1]


@pytest.mark.parametrize(
    ("week", "utc"),
    [
        ("2026-W42", datetime(2026, 10, 19, 11, tzinfo=UTC)),
        ("2026-W44", datetime(2026, 11, 2, 12, tzinfo=UTC)),  # the clocks went back the day before
        ("2027-W10", datetime(2027, 3, 15, 11, tzinfo=UTC)),  # and forward
    ],
)
def test_seven_is_seven_by_the_districts_clocks_across_their_changes(week: str, utc: datetime) -> None:
    assert due_at(Week.parse(week, ZONE), frozenset()) == utc


def test_nobody_on_the_lists_needs_no_server_and_no_address_of_the_console(
    settings: Settings, quiet_week: WeeklyReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_HALLPASS_SMTP", raising=False)
    nowhere = replace(settings, console_url="")
    assert (queue_report(nowhere, quiet_week), deliver(nowhere)) == (0, Posted(0, 0, 0))
    subscribe(settings, "communications")
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(1))
    with pytest.raises(BadInput, match="Set HALLPASS_CONSOLE_URL"):
        queue_report(nowhere, quiet_week)


def test_a_later_report_without_news_is_not_sent_and_one_with_news_is(
    settings: Settings, box: Postbox, busy_week: WeeklyReport
) -> None:
    subscribe(settings, "communications")
    later = replace(busy_week, made_at=MONDAY + timedelta(days=1))
    known = to_json(busy_week)
    less = to_json(replace(busy_week, clauses=()))
    assert [queue_report(settings, each) for each in (busy_week, since(known, later), since(less, later))] == [1, 0, 1]


def test_a_busy_server_gets_the_mail_once_at_the_next_run_and_a_refused_address_stops_nobody(
    settings: Settings, box: Postbox, quiet_week: WeeklyReport
) -> None:
    subscribe(settings, "communications:gone", "communications:office", "superintendent")
    box.answers = ["451 4.3.0 later"]
    queue_report(settings, quiet_week)
    assert deliver(settings) == Posted(sent=1, refused=1, waiting=1)
    shown = {mail.address: (mail.state, mail.tries, mail.error) for mail in outbox(settings)}
    assert shown["gone@example.org"] == (MailState.REFUSED, 1, "550 5.1.1 no such mailbox")
    assert sorted(state for state, *_ in shown.values()) == ["refused", "sent", "waiting"]
    assert deliver(at(settings, SEVEN + timedelta(minutes=2))) == Posted(1, 0, 0)
    assert sorted(address for address, _ in box.received) == ["office@example.org", "superintendent@example.org"]


def test_a_connection_that_is_cut_leaves_the_mails_for_the_next_run(
    settings: Settings, box: Postbox, quiet_week: WeeklyReport
) -> None:
    subscribe(settings, "communications", "superintendent")
    box.cut = 1
    queue_report(settings, quiet_week)
    with pytest.raises(Transient, match="cannot be used"):
        deliver(settings)
    assert [(mail.state, mail.tries) for mail in outbox(settings)] == [(MailState.WAITING, 1)] * 2
    assert deliver(at(settings, SEVEN + timedelta(minutes=2))) == Posted(2, 0, 0)


def test_no_server_at_all_loses_nothing(
    settings: Settings, quiet_week: WeeklyReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(free_port()))
    subscribe(settings, "communications")
    queue_report(settings, quiet_week)
    with pytest.raises(Transient):
        deliver(settings)
    (mail,) = outbox(settings)
    assert (mail.state, mail.tries, mail.due_at) == (MailState.WAITING, 1, SEVEN + timedelta(minutes=1))


def test_two_who_send_at_once_send_nothing_twice(settings: Settings, box: Postbox, quiet_week: WeeklyReport) -> None:
    subscribe(settings, "communications")
    queue_report(settings, quiet_week)
    with alone(settings.folder / "mail.lock", "sending mail"):
        with pytest.raises(Busy, match="another hallpass process is sending mail"):
            deliver(settings)
        assert notify(settings) == 0
    assert deliver(settings) == Posted(1, 0, 0)
    assert len(box.received) == 1


KILLED = """
import os, signal
from hallpass.pipeline import mail
from hallpass.settings import Settings
from registry.mailing import Mailing

Mailing.sent = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
mail.deliver(Settings.load())
"""


def test_a_kill_between_the_servers_answer_and_the_mark_sends_one_copy_more_under_the_same_id(
    settings: Settings, box: Postbox, quiet_week: WeeklyReport
) -> None:
    subscribe(settings, "communications", "superintendent")
    queue_report(settings, quiet_week)
    environ = {**os.environ, **settings.variables()}
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environ, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert deliver(settings) == Posted(2, 0, 0)
    assert len(box.received) == 3
    assert sorted({content.count(b"Message-ID") for _, content in box.received}) == [1]
    assert len(box.mails()) == 2 == len({mail["Message-ID"] for mail in box.mails().values()})
    assert box.received[0] in box.received[1:]


@pytest.fixture()
def cut_off(settings: Settings) -> Account:
    """A registered account whose key the platform no longer accepts."""
    roster = write_roster(settings.folder / "roster.zip")
    draft = AccountDraft("x", "1845", "@LarkinBiology", "t1", "high", "Biology news", "hallpass_x", TERM, TERM)
    with Registry.open(settings.registry_url) as registry:
        registry.import_roster(roster, "it", TERM)
        return registry.add_account(draft, "it", TERM, "asked for")


def checked(settings: Settings, account: Account, moment: datetime, outcome: Outcome) -> Settings:
    """``settings`` at ``moment``, at which the account's posts were asked for with this outcome."""
    scene = Scene(settings.folder)
    if outcome is Outcome.OK:
        scene.checked(account, at=moment)
    else:
        scene.checked(account, at=moment, outcome=outcome, error="The key is no longer accepted", todo="IT mends it")
    scene.published().close()
    return at(settings, moment)


def test_it_hears_of_a_cut_off_account_once_and_once_when_it_is_over(
    settings: Settings, box: Postbox, cut_off: Account
) -> None:
    subscribe(settings, "it", "communications")
    course = (Outcome.DISCONNECTED, Outcome.DISCONNECTED, Outcome.THROTTLED, Outcome.OK, Outcome.OK)
    told = []
    for hour, outcome in enumerate(course):
        now = checked(settings, cut_off, SEVEN + timedelta(hours=hour), outcome)
        tell_it(now)
        deliver(now)
        told.append(len(box.received))
    assert told == [1, 1, 1, 2, 2]
    assert {address for address, _ in box.received} == {"it@example.org"}
    assert box.mails()["it@example.org"]["Subject"] == "1 over"
    assert "@LarkinBiology: no longer so." in text_of(box.mails()["it@example.org"])
    assert b"hallpass_x: The key is no longer" in box.received[0][1]


def test_it_hears_of_a_failed_run_once_until_it_goes_again(settings: Settings, box: Postbox) -> None:
    subscribe(settings, "it")
    hour = at(settings, SEVEN + timedelta(hours=1))
    calls = [
        run_failed(settings, "detect", "ValueError: nothing"),
        run_failed(settings, "detect", "ValueError: nothing"),
        run_succeeded(settings, "collect"),
        run_succeeded(hour, "detect"),
        run_succeeded(hour, "detect"),
    ]
    assert calls == [1, 0, 0, 1, 0]
    assert deliver(hour) == Posted(2, 0, 0)
    assert "run detect: no longer so." in text_of(box.mails()["it@example.org"])


def test_a_crash_before_the_mails_were_written_down_costs_no_mail(
    settings: Settings, box: Postbox, busy_week: WeeklyReport
) -> None:
    subscribe(settings, "communications")
    again = since(to_json(busy_week), replace(busy_week, made_at=MONDAY + timedelta(minutes=2)))
    assert [queue_report(settings, again) for _ in range(2)] == [1, 0]
    deliver(settings)
    assert box.mails()["communications@example.org"]["Subject"] == "Week 42: 6 to look at, 7 of 9 accounts seen"


def test_a_failed_task_is_told_by_mail_and_its_dag_when_it_goes_again(
    settings: Settings, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hallpass.dag_defaults import tell_failure, tell_recovery

    subscribe(settings, "it")
    for name, value in settings.variables().items():
        monkeypatch.setenv(name, value)
    task = SimpleNamespace(dag_id="collect", task_id="visit")
    for _ in range(2):
        tell_failure({"task_instance": task, "exception": Transient("X did not answer", "Wait")})
    assert "run collect: visit: X did not answer. Wait." in text_of(box.mails()["it@example.org"])
    for _ in range(2):
        tell_recovery({"task_instance": task})
    assert len(box.received) == 2


def test_a_collection_never_fails_for_a_mail(
    settings: Settings, cut_off: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(free_port()))
    subscribe(settings, "it")
    now = checked(settings, cut_off, SEVEN, Outcome.DISCONNECTED)
    assert notify(now) == 0
    assert [(mail.state, mail.tries) for mail in outbox(settings)] == [(MailState.WAITING, 1)]


def test_whoever_comes_onto_the_list_later_hears_of_what_goes_on_then(
    settings: Settings, box: Postbox, cut_off: Account
) -> None:
    now = checked(settings, cut_off, SEVEN, Outcome.DISCONNECTED)
    before = notify(now)
    subscribe(settings, "it")
    assert (before, notify(now)) == (0, 1)


def test_one_dead_key_is_one_line_however_many_accounts_hang_on_it(
    settings: Settings, box: Postbox, cut_off: Account
) -> None:
    subscribe(settings, "it")
    with Registry.open(settings.registry_url) as registry:
        drafts = [
            AccountDraft("x", str(n), f"@room_{n}", "t1", "high", "news", "hallpass_x", TERM, TERM) for n in range(9)
        ]
        accounts = [cut_off, *(registry.add_account(draft, "it", TERM, "asked for") for draft in drafts)]
    scene = Scene(settings.folder)
    for account in accounts:
        scene.checked(account, at=SEVEN, outcome=Outcome.DISCONNECTED, error="The key has died", todo="IT mends it")
    scene.published().close()
    notify(settings)
    (mail,) = box.mails().values()
    assert mail["Subject"] == "1 thing needs IT"
    assert "and 5 more accounts: hallpass_x: The key has died. IT mends it" in " ".join(text_of(mail).split())
