"""JSON and CSV: the same numbers as the model, whole, and safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from report_scene import MONDAY, Scene, account, during, photograph

from records.errors import BadInput
from records.model import Judgement, Outcome
from reports import html
from reports.data import to_csv, to_json
from reports.later import since
from reports.model import Since, WeeklyReport


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_json_holds_the_models_numbers(busy_report: WeeklyReport) -> None:
    data = json.loads(to_json(busy_report))
    assert data["week"] == {
        "name": "2026-W42",
        "start": "2026-10-12T04:00:00Z",
        "end": "2026-10-19T04:00:00Z",
        "zone": "America/New_York",
    }
    assert sum(row["gap_hours"] for row in data["coverage"]["accounts"]) == busy_report.coverage.gap_hours
    assert [s["clause"] for s in data["clauses"]] == ["4.2", "4.9"]
    assert data["clauses"][1]["observations"][0]["box"] == [620, 60, 800, 240]


def test_the_tables_hold_every_observation_account_and_week(busy_report: WeeklyReport) -> None:
    tables = {name: rows(content) for name, content in to_csv(busy_report).items()}
    assert [(r["account"], r["clause"], r["registry"]) for r in tables["observations.csv"]] == [
        ("mill_creek_4", "4.2", "outside_community"),
        ("mill_creek_3", "4.2", "outside_community"),
        ("mill_creek_1", "4.9", "no_permission"),
        ("mill_creek_2", "4.9", "expired"),
        ("mill_creek_3", "4.9", "not_yet"),
        ("mill_creek_5", "4.9", ""),
    ]
    assert len(tables["coverage.csv"]) == 9
    assert [r["week"] for r in tables["weeks.csv"]] == [p.week.name for p in busy_report.trend]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(scene: Scene, text: str) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.cut_off(someone, Outcome.FAILED, text, "IT looks")
    (row,) = rows(to_csv(scene.report())["coverage.csv"])
    assert row["why"] == f"'{text}"


def test_a_later_report_says_what_changed_and_the_first_one_stays(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.checked(someone, at=during(5))
    posts = [scene.posted(someone, n, "Game night", during(n), photograph(str(n))) for n in range(2)]
    uses = [scene.marked(someone, post, photograph(str(n)), "no_permission") for n, post in enumerate(posts)]
    first = scene.report()
    kept = to_json(first)
    later = MONDAY + timedelta(days=2)
    scene.fetched(later, Judgement(uses[0].observation_id, "permitted", "g1", later, "Granted for the week"))
    scene.fetched(later, Judgement(uses[1].observation_id, "expired", "g2", later, "It had ended"))
    scene.checked(someone, at=later, since=during(4))
    scene.fetched(later, replace(posts[1], version_id="9", text="Game night is off"))
    again = since(kept, scene.report(now=later + timedelta(hours=1)), decided=[uses[0].observation_id])
    assert again.since is not None
    assert again.since == Since(
        first_made_at=MONDAY,
        gap_hours_then=first.coverage.gap_hours,
        posts_then=2,
        comments_then=0,
        added=0,
        decided=1,
        settled=0,
        judged_anew=1,
        edits=again.since.edits,
    )
    assert [(edit.after, edit.found_at) for edit in again.since.edits] == [("Game night is off", later)]
    assert again.changes == first.changes
    assert to_json(first) == kept
    page = html.render(again)
    assert "What changed since the first report" in page
    told = "decided on by a person, none was settled by a permission or by time and 1 was judged anew."
    assert f"No observations were added, 1 was {told}" in page
    assert "Of the week&#39;s own records 1 edit and no removals were found since, in what could be seen." in page


@pytest.mark.parametrize("first", [b"", b"[]", b"{}", b'{"format": 1, "week": {"name": "2026-W41"}}', b"\xff"])
def test_what_is_no_report_of_the_week_is_refused(quiet_report: WeeklyReport, first: bytes) -> None:
    with pytest.raises(BadInput, match=r"The earlier report of 2026-W42 cannot be compared"):
        since(first, quiet_report)
