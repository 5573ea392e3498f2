"""The district's weeks in the language of the page: drawings, each with its sentence and its numbers.

The report's charts draw them; its words are English, so these stand beside them in the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import floor

from console.pages import short_day
from console.texts import _, group_separator, ngettext, number, percent
from reports import charts
from reports.charts import PHONE, WIDE, Page, lying
from reports.model import TrendWeek

Points = tuple[TrendWeek, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, in words and in numbers: a row a week, without the week itself, which is the same in all.

    ``draw`` gives the SVG for a page. It is None where there is nothing to draw,
    which the sentence then says.
    """

    title: str
    sentence: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    draw: Callable[[Page], bytes] | None = None
    phone: Page = PHONE

    def page(self, shape: str) -> Page:
        """What it is drawn on, by its shape: ``wide`` or ``phone``."""
        return {"wide": WIDE, "phone": self.phone}[shape]


def drawings(points: Points) -> tuple[Drawing, ...]:
    """The drawings for these weeks; none for a week that is alone."""
    return (_seen(points), _uses(points), _records(points)) if len(points) > 1 else ()


def _seen(points: Points) -> Drawing:
    shares = [point.seen_share for point in points]
    known = [part for part in shares if part is not None]
    sentence = (
        _("Of the hours that should have been seen, %(share)s were seen in this week.", share=_share(shares[-1]))
        if shares[-1] is not None
        else _("No hours were due to be seen in this week.")
    )
    if len(known) > 1:
        least, most = _share(min(known)), _share(max(known))
        sentence += " " + _("The least in these weeks was %(least)s, the most %(most)s.", least=least, most=most)
    return Drawing(
        _("How much could be seen"),
        sentence,
        (_("Seen"), _("Hours seen"), _("Hours of gap")),
        tuple((_share(p.seen_share), _hours(p.seen_hours), _hours(p.due_hours - p.seen_hours)) for p in points),
        partial(charts.bars, _labels(points), tuple((s or 0) * 100 for s in shares), tuple(map(_share, shares)), 100),
        lying(len(points)),
    )


def _uses(points: Points) -> Drawing:
    title = _("Uses of district marks and photographs, by the week of the post")
    to_look_at, covered = tuple(p.to_look_at for p in points), tuple(p.covered for p in points)
    if not any(to_look_at + covered):
        return Drawing(
            title, _("No use of a district mark or photograph was recognised in these weeks, in what could be seen.")
        )
    sentence = ngettext(
        "%(num)s use of a district mark or photograph posted in this week is for a person to look at, %(covered)s "
        "covered by a permission; over all weeks shown %(all)s and %(all_covered)s.",
        "%(num)s uses of a district mark or photograph posted in this week are for a person to look at, %(covered)s "
        "covered by a permission; over all weeks shown %(all)s and %(all_covered)s.",
        to_look_at[-1],
        covered=covered[-1],
        all=sum(to_look_at),
        all_covered=sum(covered),
    )
    # Translators: this and "covered" stand beside a bar, where there is room for some 14 letters
    names = (_("to look at"), _("covered"))
    return Drawing(
        title,
        sentence,
        (_("To look at"), _("Covered by a permission")),
        _rows(to_look_at, covered),
        partial(charts.stacked, _labels(points), to_look_at, covered, names, thousands=group_separator()),
        lying(len(points), named=True),
    )


def _records(points: Points) -> Drawing:
    posts, comments = tuple(p.posts for p in points), tuple(p.comments for p in points)
    sentence = _(
        "Registered accounts published %(posts)s in this week and drew %(comments)s; over all weeks shown "
        "%(all_posts)s and %(all_comments)s.",
        posts=ngettext("%(num)s post", "%(num)s posts", posts[-1]),
        comments=ngettext("%(num)s comment", "%(num)s comments", comments[-1]),
        all_posts=sum(posts),
        all_comments=sum(comments),
    )
    # Translators: this and "comments" stand at the end of a line, where there is room for some 14 letters
    series = ((_("posts"), posts), (_("comments"), comments))
    return Drawing(
        _("What was published"),
        sentence,
        (_("Posts"), _("Comments")),
        _rows(posts, comments),
        partial(charts.lines, _labels(points), series, thousands=group_separator()),
    )


def _labels(points: Points) -> tuple[str, ...]:
    return tuple(short_day(point.week.monday) for point in points)


def _rows(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(zip(map(number, one), map(number, other), strict=True))


def _share(part: float | None) -> str:
    """Rounded down, so that only all of it is a whole."""
    return _("none due") if part is None else percent(floor(part * 100 + 1e-9) / 100)


def _hours(hours: float) -> str:
    """Less than one is not written as none."""
    return _("under 1") if 0 < hours < 1 else number(hours)
