"""What a report must bear: no data, one account, a clock change, thousands of observations, endless posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
from report_scene import MONDAY, WEEK, ZONE, Scene, account, during, photograph

from records.errors import BadInput
from reports import html, mail, pdf
from reports.compose import one_page
from reports.data import to_csv, to_json
from reports.model import ClauseSection, LogoUse, WeeklyReport
from reports.week import Week


def pages(paper: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(paper)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def forms(report: WeeklyReport) -> Iterator[str]:
    """The report in every form, as text."""
    yield html.render(report)
    yield " ".join(pages(pdf.render(report)))
    yield " ".join(pages(pdf.printed(one_page(report), report.made_at)))
    for letter in (mail.weekly(report, "https://example.org"), mail.one_page(report, "https://example.org")):
        yield mail.message(letter, "h@example.org", "o@example.org", report.made_at).as_string()
    yield to_json(report).decode()
    yield from (table.decode() for table in to_csv(report).values())


def test_a_week_without_data_is_a_report_in_every_form_that_says_so(scene: Scene) -> None:
    scene.checked(account(1))
    shown = list(forms(scene.report(Week.parse("2026-W40", ZONE))))
    assert "No account is registered yet, so nothing was collected" in shown[0]
    assert "No account is registered yet, so nothing was collected" in shown[1]
    assert "Nothing can be said here" in shown[2]


def test_a_district_with_one_account_is_a_report_in_every_form(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.checked(someone)
    shown = list(forms(scene.report()))
    assert all("1 of 1 registered account could be seen, without a gap" in text for text in shown[:3])
    assert not any("1 accounts" in text for text in shown)


@pytest.mark.parametrize(("week", "hours"), [("2026-W44", 169.0), ("2027-W10", 167.0)])
def test_a_week_in_which_the_clocks_change_has_its_own_hours(scene: Scene, week: str, hours: float) -> None:
    someone = account(1)
    scene.office.register(someone)
    chosen = Week.parse(week, ZONE)
    scene.checked(someone, at=chosen.start, since=None)
    scene.checked(someone, at=chosen.end, since=chosen.start)
    report = scene.report(chosen, datetime(2027, 4, 1, tzinfo=UTC))
    point = report.trend[-1]
    assert (point.due_hours, point.seen_hours, report.coverage.gap_hours) == (hours, hours, 0.0)


def test_a_week_in_the_future_is_refused_with_the_newest_that_can_be_had(scene: Scene) -> None:
    with pytest.raises(BadInput, match=r"The week 2030-W01 has not begun\. Ask for 2026-W43 or earlier"):
        scene.report(Week.parse("2030-W01", ZONE), MONDAY)


def test_five_thousand_observations_are_paged_and_the_top_stays_one_page(busy_report: WeeklyReport) -> None:
    use = busy_report.observations("4.9")[0]
    assert isinstance(use, LogoUse)
    uses = tuple(replace(use, observation_id=str(n)) for n in range(5000))
    report = replace(busy_report, clauses=(ClauseSection("4.9", uses),))
    first, *rest = pages(pdf.render(report))
    assert "5,000 uses of a district mark or photograph wait for a person to look at" in first
    assert (
        "At a glance" in first and "7 of 9" in first and "Clause 4.9: The district's logo and property 5,000" in first
    )
    assert rest[0].startswith("What could be seen")
    assert 10 < len(rest) < 60
    assert len(pages(pdf.printed(one_page(report), report.made_at))) == 1


def test_a_post_of_25000_characters_and_a_missing_picture_are_a_short_card_on_paper(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, "word " * 5000, during(1), photograph())
    seen = scene.marked(someone, post, photograph(), "no_permission")
    assert seen.media_sha256
    scene.landing.media_path(seen.media_sha256).unlink()
    paper = " ".join(pages(pdf.render(scene.report())))
    assert "(25,000 characters in all)" in paper
    assert paper.count("word") < 100
    assert "District seal in a picture" in paper


def test_markup_of_every_kind_in_a_post_stays_text_in_every_form(scene: Scene) -> None:
    hostile = "<b>x</b>&amp;#text(red)[y]{{ 7*7 }}=SUM(A1)"
    someone = account(1)
    scene.office.register(someone)
    scene.marked(someone, scene.posted(someone, 1, hostile, during(1), photograph()), photograph(), "no_permission")
    page, paper, *_ = forms(scene.report(WEEK))
    assert "&lt;b&gt;x&lt;/b&gt;&amp;amp;#text(red)[y]{{ 7*7 }}=SUM(A1)" in page
    assert hostile.replace(" ", "") in paper.replace(" ", "")
