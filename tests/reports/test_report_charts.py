"""Drawings that need no colour to be read, no browser and no network to be drawn, and never stand alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from report_scene import WEEK, Scene, account, during

from reports import charts
from reports.compose import compose
from reports.document import Chart
from reports.model import WeeklyReport

WEEKS = ("5 Oct", "12 Oct")


def texts(svg: bytes) -> set[str]:
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode()))


def contrast(one: str, other: str) -> float:
    """WCAG 2.1's ratio: of lightness alone, so that no kind of colour blindness changes it."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    lighter, darker = sorted((light(one), light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_each_bar_and_each_line_carries_its_own_label() -> None:
    assert {"91%", "88%"} <= texts(charts.bars(WEEKS, (91.0, 88.0), ("91%", "88%"), 100))
    assert {"4", "1", "3", "2"} <= texts(charts.stacked(WEEKS, (4, 3), (1, 2), ("to look at", "covered")))
    assert {"posts", "comments"} <= texts(charts.lines(WEEKS, (("posts", (9, 3)), ("comments", (1, 7)))))


def test_names_stand_beside_the_last_bar_and_never_on_each_other() -> None:
    for lower, upper in ((4, 1), (0, 0), (200, 1), (1, 200)):
        svg = charts.stacked(WEEKS, (200, lower), (1, upper), ("to look at", "covered")).decode()
        shown = re.findall(r"translate[(]([0-9.]+),([0-9.]+)[)][^>]*>(to look at|covered)<", svg)
        heights = {name: float(y) for _, y, name in shown}
        assert len({x for x, _, _ in shown}) == 1
        assert heights["to look at"] - heights["covered"] >= 14, (lower, upper)


def test_what_is_told_apart_differs_in_lightness_or_in_dashes() -> None:
    stacked = charts.stacked(WEEKS, (4, 3), (1, 2), ("to look at", "covered")).decode()
    fills = set(re.findall(r'fill="(#[0-9a-f]{6})"', stacked))
    assert max(contrast(one, other) for one in fills for other in fills) >= 3
    assert "stroke-dasharray" in charts.lines(WEEKS, (("posts", (9, 3)), ("comments", (1, 7)))).decode()


def test_a_drawing_asks_for_nothing() -> None:
    svg = charts.bars(WEEKS, (91.0, 88.0), ("91%", "88%"), 100).decode()
    assert not re.search(r"<(script|image|style|foreignObject)|href=|url[(](?!#)", svg)


def test_every_drawing_has_its_sentence_its_words_and_its_numbers(busy_report: WeeklyReport) -> None:
    sections = {section.title: section for section in compose(busy_report).sections}
    drawn = [block for block in sections["The district over 6 weeks"].blocks if isinstance(block, Chart)]
    assert len(drawn) == 3
    assert all(chart.sentence.endswith(".") and chart.picture.alt.endswith(chart.sentence) for chart in drawn)
    assert [len(chart.table.rows) for chart in drawn] == [6, 6, 6]


def test_trends_reach_back_twelve_weeks_and_no_further(scene: Scene) -> None:
    someone = replace(account(1), registered_at=during(0) - timedelta(weeks=20))
    scene.office.register(someone)
    for back in range(14):
        scene.posted(someone, back, f"Week {back}", during(1) - timedelta(weeks=back))
    assert [(p.week, p.posts) for p in scene.report().trend] == [(WEEK.back(n), 1) for n in reversed(range(12))]
