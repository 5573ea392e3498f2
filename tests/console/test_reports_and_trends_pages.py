"""The weekly reports as they were written, and the district's weeks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from console_scene import PASSWORD, Client, Visitor, words
from review_scene import POSTED_AT, ReviewScene, picture

from records.canonical import digest
from registry.looks import REPORT
from registry.users import Role

TRENDS = "/communications/trends"
REPORTS = "/communications/reports"
SCHOOL = f"ash-grove-{digest('Ash Grove')[:6]}.html"


@pytest.fixture
def noor(client: Callable[[Role], Client]) -> Client:
    return client(Role.COMMUNICATIONS)


def write(folder: Path, place: str, made_at: str) -> None:
    """A report of four parts, as the pipeline leaves it."""
    where = folder / "reports" / place
    where.mkdir(parents=True)
    (where / "weekly.html").write_text("<!doctype html><title>The week</title><script>alert(1)</script>")
    (where / "weekly.pdf").write_bytes(b"%PDF-1.7")
    (where / "observations.csv").write_text("a,b\n")
    accounts = [{"account": {"school": title}} for title in ("Alder Falls High", "Ash Grove", "Ash Grove")]
    (where / "weekly.json").write_text(json.dumps({"made_at": made_at, "coverage": {"accounts": accounts}}))
    (where / "schools").mkdir()
    (where / "schools" / SCHOOL).write_text("<!doctype html><title>Ash Grove's week</title>")


def test_reports_are_listed_with_the_newest_first_and_a_later_one_beside_the_first(
    noor: Client, review: ReviewScene
) -> None:
    assert "No report is written yet" in words(noor.get(REPORTS))
    write(review.console.folder, "2026-W41", "2026-10-12T11:00:00Z")
    write(review.console.folder, "2026-W42", "2026-10-19T11:00:00Z")
    write(review.console.folder, "2026-W42/as-of-20261020T0900Z", "2026-10-20T09:00:00Z")
    (review.console.folder / "reports" / "2026-W43").mkdir()
    weeks = re.findall(r'<th scope="row">([^<]*)<span class="hint">([^<]*)', noor.get(REPORTS).text)
    assert weeks == [
        ("Oct 12\u2009–\u200918, 2026", "week 42, written again later"),
        ("Oct 12\u2009–\u200918, 2026", "week 42"),
        ("Oct 5\u2009–\u200911, 2026", "week 41"),
    ]


def test_a_report_shows_itself_and_can_do_nothing_else(noor: Client, review: ReviewScene) -> None:
    write(review.console.folder, "2026-W42", "2026-10-19T11:00:00Z")
    answer = noor.get(f"{REPORTS}/2026-W42/weekly.html")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert noor.get(f"{REPORTS}/2026-W42/weekly.pdf").headers["content-type"] == "application/pdf"
    assert "attachment" in noor.get(f"{REPORTS}/2026-W42/observations.csv").headers["content-disposition"]
    looks = review.console.registry.looks.of(REPORT, "2026-W42/weekly.html")
    assert [look.by for look in looks] == ["communications"]


def test_a_schools_part_is_listed_by_its_title_and_opened(noor: Client, review: ReviewScene) -> None:
    write(review.console.folder, "2026-W42", "2026-10-19T11:00:00Z")
    write(review.console.folder, "2026-W42/as-of-20261020T0900Z", "2026-10-20T09:00:00Z")
    links = re.findall(r'<li><a href="([^"]+)">Ash Grove</a>', noor.get(REPORTS).text)
    assert links == [f"{REPORTS}/2026-W42/as-of-20261020T0900Z/{SCHOOL}", f"{REPORTS}/2026-W42/{SCHOOL}"]
    assert ["Ash Grove's week" in noor.get(link).text for link in links] == [True, True]


def test_no_other_file_is_served_as_a_part_of_a_report(noor: Client, review: ReviewScene) -> None:
    write(review.console.folder, "2026-W42", "2026-10-19T11:00:00Z")
    for part in (
        "2026-W42/registry.sqlite",
        "2026-W42/..%2f..%2fregistry.sqlite",
        "..%2f..%2fx/weekly.html",
        "2026-W43/weekly.html",
        "2026-W42/elsewhere/weekly.html",
        "2026-W42/as-of-20261020T0900Z/weekly.html",
    ):
        assert noor.get(f"{REPORTS}/{part}").status_code in (404, 422)


def test_a_report_is_written_on_demand_by_who_may(review: ReviewScene, visitor: Visitor) -> None:
    asked: list[str] = []
    browser = visitor(replace(review.console, write_report=asked.append))
    browser.submit("/sign-in", login="communications", password=PASSWORD)
    offered = re.findall(r'<option value="(2026-W\d\d)">([^<]*)', browser.get(REPORTS).text)
    assert (offered[0], len(offered)) == (("2026-W42", "Oct 12\u2009–\u200918, 2026"), 26)
    assert "The report is written." in words(browser.follow(browser.submit(REPORTS, week="2026-W41")))
    browser = visitor(replace(review.console, write_report=asked.append))
    browser.submit("/sign-in", login="auditor", password=PASSWORD)
    assert "Write the report now" not in browser.get(REPORTS).text
    assert browser.submit(REPORTS, week="2026-W41").status_code == 403
    assert asked == ["2026-W41"]


def test_the_weeks_are_the_districts_with_a_sentence_and_numbers_for_each_drawing_and_nobody_is_named(
    noor: Client, review: ReviewScene
) -> None:
    shown = picture()
    review.marked(review.posted(1, "Game night", shown=shown), shown)
    earlier = review.posted(2, "Earlier", at=review.console.now().replace(month=9, day=20))
    review.publish()
    page = noor.get("/communications/trends")
    told = words(page)
    assert "No person, account or school is ranked." in told
    assert "1 use of a district mark or photograph posted in this week is for a person to look at" in told
    assert len(re.findall(r"<table>", page.text)) == 3
    drawings = re.findall(r'src(?:set)?="(/communications/trends/\w+/\d.svg)"', page.text)
    for address in drawings:
        drawn = noor.get(address)
        assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
        assert b"<script" not in drawn.content
    assert len(drawings) == 6
    everything = page.text.split("<main")[1]
    assert earlier.account_id
    labels = review.console.registry.registered()
    assert [each.account.handle for each in labels if f"@{each.account.handle}" in everything] == []
    assert [each.owner_name for each in labels if each.owner_name in everything] == []
    assert noor.get(f"{TRENDS}/wide/9.svg").status_code == 404
    assert noor.get(f"{TRENDS}/round/0.svg").status_code in (404, 422)


def test_a_week_that_is_alone_has_nothing_to_compare_with(noor: Client, review: ReviewScene) -> None:
    review.posted(1, "Game night")
    review.publish()
    assert "There is no earlier week to compare with yet." in words(noor.get(TRENDS))
    assert noor.get(f"{TRENDS}/wide/0.svg").status_code == 404


def test_where_no_use_was_recognised_a_sentence_says_so_and_nothing_is_drawn(noor: Client, review: ReviewScene) -> None:
    review.posted(1, "Game night")
    review.posted(2, "Earlier", at=POSTED_AT - timedelta(weeks=1))
    review.publish()
    page = noor.get(TRENDS)
    assert "No use of a district mark or photograph was recognised in these weeks" in words(page)
    for shape in ("wide", "phone"):
        assert re.findall(rf'"/communications/trends/{shape}/(\d).svg"', page.text) == ["0", "2"]
        assert [noor.get(f"{TRENDS}/{shape}/{number}.svg").status_code for number in range(3)] == [200, 404, 200]


def test_how_often_people_agreed_with_a_rule_is_shown_with_its_interval(noor: Client, review: ReviewScene) -> None:
    seen = [review.follows(handle) for handle in ("pizza", "shoes", "band")]
    review.publish()
    steps = ({"to": "contacted"}, {"to": "contacted"}, {"to": "dismissed", "reason": "not_outside"})
    for each, step in zip(seen, steps, strict=True):
        noor.submit("/communications/move", item=f"{each.observation_id}:0", **step)
    told = words(noor.get("/communications/trends"))
    assert "An account outside the community 2 1 67% 21%–94%" in told
