"""A school's part, the superintendent's page, and a district of thousands."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from report_scene import TERM

from records.errors import BadInput
from reports import html, pdf
from reports.compose import one_page
from reports.data import to_csv
from reports.model import ClauseSection, LogoUse, Permission, Sight, WeeklyReport
from reports.parts import school_part, schools

HARBOR = "Harbor Middle School"


def test_a_schools_part_holds_its_own_accounts_and_nobody_elses(busy_report: WeeklyReport) -> None:
    part = school_part(busy_report, HARBOR)
    assert {row.account.handle for row in part.coverage.accounts} == {"mill_creek_2", "mill_creek_5", "mill_creek_8"}
    assert {seen.account.handle for seen in part.observations()} == {"mill_creek_2", "mill_creek_5"}
    assert [(spot.check, spot.account_ids) for spot in part.coverage.blind_spots] == [("followers", ("facebook:8",))]
    page = html.render(part)
    assert f"Mill Creek Public Schools · {HARBOR}" in page
    assert not any(f"@mill_creek_{n} " in page for n in (1, 3, 4, 6, 7, 9))


def test_the_parts_of_all_schools_make_the_whole(busy_report: WeeklyReport) -> None:
    parts = [school_part(busy_report, school) for school in schools(busy_report)]
    assert sum(len(part.coverage.accounts) for part in parts) == len(busy_report.coverage.accounts)
    assert sum(len(part.observations()) for part in parts) == len(busy_report.observations())
    assert sum(part.coverage.gap_hours for part in parts) == busy_report.coverage.gap_hours


def test_a_school_without_an_account_is_refused_with_the_schools_that_have_one(busy_report: WeeklyReport) -> None:
    with pytest.raises(BadInput, match="No registered account belongs to 'Nowhere'"):
        school_part(busy_report, "Nowhere")


def crowded(report: WeeklyReport) -> WeeklyReport:
    """The same week in a large district: 5,000 observations, 900 accounts cut off, 300 permissions ending."""
    use = report.observations("4.9")[0]
    assert isinstance(use, LogoUse)
    uses = tuple(replace(use, observation_id=str(n), picture=None) for n in range(5000))
    off = report.coverage.with_sight(Sight.DISCONNECTED)[0]
    accounts = (*report.coverage.accounts, *(off,) * 900)
    ending = Permission(
        "District seal", use.account, "open house", TERM, TERM + timedelta(days=60), "ends soon", "head"
    )
    return replace(
        report,
        clauses=(ClauseSection("4.9", uses),),
        coverage=replace(report.coverage, accounts=accounts),
        permissions=(ending,) * 300,
    )


@pytest.mark.parametrize("many", [False, True])
def test_the_superintendents_page_is_one_page(busy_report: WeeklyReport, many: bool) -> None:
    report = crowded(busy_report) if many else busy_report
    with pikepdf.open(io.BytesIO(pdf.printed(one_page(report), report.made_at))) as document:
        assert len(document.pages) == 1


@pytest.mark.parametrize("many", [False, True])
def test_the_front_of_the_whole_report_is_one_page_whatever_follows(busy_report: WeeklyReport, many: bool) -> None:
    report = crowded(busy_report) if many else busy_report
    document = pypdfium2.PdfDocument(pdf.render(report))
    try:
        first, second = (" ".join(document[n].get_textpage().get_text_range().split()) for n in (0, 1))
    finally:
        document.close()
    assert "At a glance" in first and "What could be seen 2 ·" in first
    assert second.startswith("What could be seen")


def test_five_thousand_observations_are_counted_and_few_of_them_shown_as_cards(busy_report: WeeklyReport) -> None:
    report = crowded(busy_report)
    page = html.render(report)
    assert page.count('<article class="card">') == 40
    assert "500 more observations under clause 4.9" in page
    assert "4,460 further observations are in the report&#39;s data." in page
    assert to_csv(report)["observations.csv"].count(b"logo-use") == 5000
    assert "5,000 uses of a district mark or photograph wait for a person to look at." in page
    assert pdf.render(report).startswith(b"%PDF")
