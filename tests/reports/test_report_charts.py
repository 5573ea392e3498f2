"""Drawings that need no colour to be read, no browser and no network to be drawn, and never stand alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from report_scene import WEEK, Scene, account, during

from reports import charts
from reports.charts import PHONE, lying
from reports.compose import compose
from reports.document import Chart
from reports.model import WeeklyReport

WEEKS, NAMES = ("5 Oct", "12 Oct"), ("to look at", "covered")


def texts(svg: bytes) -> set[str]:
    """What can be read: Vega leaves out words by making them invisible."""
    return {text for drawn, text in re.findall(r"<text([^>]*)>([^<]*)</text>", svg.decode()) if _shown(drawn)}


def _shown(attributes: str) -> bool:
    return 'opacity="0"' not in attributes


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


def test_a_phones_drawing_is_as_wide_as_it_is_shown_and_holds_the_same_words() -> None:
    weeks = len(WEEKS)
    drawn = {
        charts.bars(WEEKS, (91.0, 88.0), ("91%", "88%"), 100, lying(weeks)): {"91%", "88%", *WEEKS},
        charts.stacked(WEEKS, (4, 3), (1, 2), NAMES, lying(weeks, named=True)): {"4", "1", "3", "2", *NAMES, *WEEKS},
        charts.lines(WEEKS, (("posts", (9, 3)), ("comments", (1, 7))), PHONE): {"posts", "comments", *WEEKS},
    }
    for svg, words in drawn.items():
        assert 'width="350"' in svg.decode()
        assert words <= texts(svg)
        assert {float(size) for size in re.findall(r'font-size="([0-9.]+)px"', svg.decode())} == {13}


def test_every_week_has_its_name_where_there_is_room_for_all_of_them() -> None:
    weeks = tuple(f"{n} Dec" for n in range(10, 22))
    counts = tuple(range(12))
    assert set(weeks) <= texts(charts.lines(weeks, (("posts", counts), ("comments", counts))))
    assert set(weeks) <= texts(charts.stacked(weeks, counts, counts, NAMES, lying(12, named=True)))
    named = texts(charts.lines(weeks, (("posts", counts), ("comments", counts)), PHONE)) & set(weeks)
    assert 3 <= len(named) < 12


def test_thousands_are_parted_as_the_reader_is_used_to() -> None:
    stacked = charts.stacked(WEEKS, (1_400, 1_300), (0, 0), NAMES, thousands=".")
    assert {"1.400", "1.300"} <= texts(stacked)
    assert {"1.000"} <= texts(charts.lines(WEEKS, (("posts", (900, 2_000)), ("comments", (1, 7))), thousands="."))


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
