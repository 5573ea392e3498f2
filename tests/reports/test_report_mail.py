"""What a mail says: counts and links, for the office, the superintendent, a school, and at once for IT."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default

from report_scene import MONDAY, Scene, account, during

from reports import html, mail
from reports.data import to_json
from reports.later import since
from reports.mail import Letter
from reports.model import Edit, WeeklyReport

LINK = "https://hallpass.example.org/reports/2026-W42"
OFFICE = "office@example.org"
SENDER = "hallpass@example.org"


def arrived(letter: Letter) -> EmailMessage:
    """The letter as its bytes are read on the other side."""
    content = mail.message(letter, SENDER, OFFICE, MONDAY).as_bytes()
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(letter: Letter, kind: str = "plain") -> str:
    body = arrived(letter).get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_the_same_numbers_stand_in_its_text_and_its_html(busy_report: WeeklyReport) -> None:
    letter = mail.weekly(busy_report, LINK)
    assert letter.subject == "Week 42: 6 to look at, 7 of 9 accounts seen"
    for text in ("7 of 9", "hours of gap in the week", "109", "Clause 4.9", LINK):
        assert text in part(letter)
        assert text.replace("'", "&#39;") in part(letter, "html")


def test_no_mail_of_the_week_names_an_account_or_a_person_or_shows_a_picture(busy_report: WeeklyReport) -> None:
    label = busy_report.observations()[0].account
    edit = Edit(label, "post", MONDAY + timedelta(days=1), MONDAY, "Game night", "Game night is off", None)
    later = replace(busy_report, made_at=MONDAY + timedelta(days=2), found_later=((edit,), ()))
    again = since(to_json(busy_report), later)
    assert "Game night is off" in html.render(again)
    letters = [mail.weekly(busy_report, LINK), mail.one_page(busy_report, LINK), mail.weekly(again, LINK)]
    letters += [part for part in [mail.school(busy_report, "Harbor Middle School", LINK)] if part]
    assert len(letters) == 4
    for letter in letters:
        everything = part(letter) + part(letter, "html")
        assert "mill_creek_" not in everything
        assert "Teacher" not in everything
        assert "sneaker_deals" not in everything
        assert "Game night" not in everything
        assert "<img" not in everything
        kinds = [each.get_content_type() for each in arrived(letter).walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_the_superintendents_mail_counts_permissions_too(busy_report: WeeklyReport) -> None:
    text = part(mail.one_page(busy_report, LINK))
    assert "No permission was given, refused or revoked, and none ends in the next 30" in text
    assert "archived" not in text


def test_a_quiet_week_is_a_mail_that_says_what_could_be_seen(quiet_report: WeeklyReport) -> None:
    letter = mail.weekly(quiet_report, LINK)
    assert letter.subject == "Week 42: all quiet, 3 of 3 accounts seen"
    assert "Nothing needs a person in what could be seen: 3 of 3 registered accounts" in part(letter)


def test_a_school_gets_its_own_numbers_and_no_mail_where_it_has_no_news(
    busy_report: WeeklyReport, quiet_report: WeeklyReport
) -> None:
    letter = mail.school(busy_report, "Harbor Middle School", LINK)
    assert letter is not None
    assert letter.subject == "Week 42, Harbor Middle School: 2 to look at, 3 of 3 accounts seen"
    assert "The communications office has this school's part of the report" in part(letter)
    assert mail.school(quiet_report, "Harbor Middle School", LINK) is None


def test_a_later_report_of_a_week_is_sent_only_where_something_changed(
    busy_report: WeeklyReport, quiet_report: WeeklyReport
) -> None:
    later = replace(busy_report, made_at=MONDAY + timedelta(days=1))
    same = since(to_json(busy_report), later)
    other = since(to_json(replace(busy_report, clauses=busy_report.clauses[:1])), later)
    assert [mail.worth_sending(each) for each in (busy_report, quiet_report, same, other)] == [True, True, False, True]
    letter = mail.weekly(other, LINK)
    assert letter.subject == "Changed since: Week 42: 6 to look at, 7 of 9 accounts seen"
    assert "4 observations were added, no is settled" not in part(letter)
    assert "4 observations were added" in part(letter)


def test_a_mail_has_one_id_for_each_report_edition_and_recipient(busy_report: WeeklyReport) -> None:
    later = since(to_json(busy_report), replace(busy_report, made_at=MONDAY + timedelta(days=1)))
    ids = [
        mail.message_id(letter, SENDER, address)
        for letter in (mail.weekly(busy_report, LINK), mail.one_page(busy_report, LINK), mail.weekly(later, LINK))
        for address in (OFFICE, "head@example.org")
    ]
    assert len(set(ids)) == 6
    assert mail.message_id(mail.weekly(busy_report, LINK), SENDER, OFFICE.upper()) == ids[0]
    assert arrived(mail.weekly(busy_report, LINK))["Message-ID"] == ids[0]
    assert ids[0].endswith("@example.org>")


def test_an_unregistered_district_gets_a_mail_that_says_so(scene: Scene) -> None:
    scene.checked(account(1))
    assert "No account is registered yet" in part(mail.weekly(scene.report(), LINK))


def test_a_notice_of_many_faults_is_one_mail_that_shows_the_first_of_them() -> None:
    began = [f"@mill_creek_{n}: The key is no longer accepted" for n in range(50)]
    letter = mail.trouble("Mill Creek", "incidents 1", began, ["run collect: no longer so."], LINK, str(during(1)))
    assert letter.subject == "50 things need IT, 1 over"
    text = part(letter)
    assert "@mill_creek_19:" in text and "@mill_creek_20:" not in text
    assert "30 more are in the coverage." in text
    assert "run collect: no longer so." in text


def test_markup_in_what_a_platform_said_stays_text() -> None:
    letter = mail.trouble("Mill Creek", "incidents 1", ["<b>x</b><script>alert(1)</script>"], [], None, "now")
    assert "<script>" not in part(letter, "html")
    assert "&lt;script&gt;" in part(letter, "html")
