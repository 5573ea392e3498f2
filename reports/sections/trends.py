"""The district over up to twelve weeks: drawings, each with its sentence and its numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from reports import charts, words
from reports.charts import PHONE, Page, lying
from reports.document import Block, Chart, Paragraph, Picture, Section, Table
from reports.model import TrendWeek, WeeklyReport


def trends(report: WeeklyReport) -> Section:
    """Three drawings for the district as a whole; nobody is ranked."""
    points = report.trend
    title = f"The district over {words.counted(len(points), 'week')}"
    if len(points) < 2:
        return Section(title, (Paragraph("There is no earlier week to compare with yet."),))
    return Section(title, (_seen(points), _uses(points), _records(points)))


def _labels(points: tuple[TrendWeek, ...]) -> tuple[str, ...]:
    return tuple(f"{point.week.monday:%-d %b}" for point in points)


def _seen(points: tuple[TrendWeek, ...]) -> Chart:
    shares = [point.seen_share for point in points]
    known = [part for part in shares if part is not None]
    labels = tuple(words.share(part) for part in shares)
    sentence = f"Of the hours that should have been seen, {labels[-1]} were seen in this week"
    if len(known) > 1:
        sentence += f"; the least in these weeks was {words.share(min(known))}, the most {words.share(max(known))}"
    draw = partial(charts.bars, _labels(points), tuple((part or 0) * 100 for part in shares), labels, 100)
    rows = tuple(
        (label, words.share(p.seen_share), words.hours(p.seen_hours), words.hours(p.due_hours - p.seen_hours))
        for label, p in zip(_labels(points), points, strict=True)
    )
    columns = ("Week from", "Seen", "Hours seen", "Hours of gap")
    return _chart("How much could be seen", draw, lying(len(points)), f"{sentence}.", columns, rows)


def _uses(points: tuple[TrendWeek, ...]) -> Block:
    to_look_at, covered = tuple(p.to_look_at for p in points), tuple(p.covered for p in points)
    if not any(to_look_at + covered):
        return Paragraph(
            "No use of a district mark or photograph was recognised in these weeks, in what could be seen."
        )
    posted = words.counted(
        to_look_at[-1], "use of a district mark or photograph", "uses of a district mark or photograph"
    )
    sentence = words.sentence(
        f"{posted} posted in this week {'is' if to_look_at[-1] == 1 else 'are'} for a person to look at, "
        f"{covered[-1]:,} covered by a permission; over all weeks shown {sum(to_look_at):,} and {sum(covered):,}."
    )
    draw = partial(charts.stacked, _labels(points), to_look_at, covered, ("to look at", "covered"))
    rows = tuple(
        (label, f"{p.to_look_at:,}", f"{p.covered:,}") for label, p in zip(_labels(points), points, strict=True)
    )
    columns = ("Week from", "To look at", "Covered by a permission")
    title, phone = "Uses of district marks and photographs, by the week of the post", lying(len(points), named=True)
    return _chart(title, draw, phone, sentence, columns, rows)


def _records(points: tuple[TrendWeek, ...]) -> Chart:
    posts, comments = tuple(p.posts for p in points), tuple(p.comments for p in points)
    sentence = (
        f"Registered accounts published {words.counted(posts[-1], 'post')} in this week and drew "
        f"{words.counted(comments[-1], 'comment')}; over all weeks shown {sum(posts):,} and {sum(comments):,}."
    )
    draw = partial(charts.lines, _labels(points), (("posts", posts), ("comments", comments)))
    rows = tuple((label, f"{p.posts:,}", f"{p.comments:,}") for label, p in zip(_labels(points), points, strict=True))
    return _chart("What was published", draw, PHONE, sentence, ("Week from", "Posts", "Comments"), rows)


def _chart(
    title: str,
    draw: Callable[..., bytes],
    phone: Page,
    sentence: str,
    columns: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
) -> Chart:
    wide, narrow = (
        Picture(draw(page=page), "image/svg+xml", f"Chart: {title}. {sentence}") for page in (charts.WIDE, phone)
    )
    return Chart(wide, narrow, sentence, Table(title, columns, rows, numeric=tuple(range(1, len(columns)))))
