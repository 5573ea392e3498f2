"""The report's charts as SVG: few, labelled where the eye is, told apart by more than colour.

Altair describes them and vl-convert draws them, without a browser and without the network. Both are
imported when a chart is drawn: together they take longer to import than to draw. :func:`make_ready` does it ahead.

On a wide page the weeks stand side by side. On a phone bars lie below each other, a week a line, and names stand above
the drawing: it is as wide there as it is shown, so that its words stay as large as they were drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair

ACCENT, QUIET, INK = "#1d4f91", "#b9c6d6", "#3d4654"
LINE = 16
_FONT = "Inter, 'Noto Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Page:
    """What is drawn on, in pixels: the drawing, what stands around it, and letters.

    Wide drawings have the same around them, so that their weeks stand below each other.
    """

    width: int
    height: int
    left: int
    right: int
    top: int = 22
    bottom: int = 28
    letters: int = 12
    narrow: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole."""
        return self.width + self.left + self.right, self.height + self.top + self.bottom


WIDE = Page(620, 116, left=100, right=84)
PHONE = Page(282, 150, left=48, right=20, top=30, letters=13, narrow=True)


def lying(weeks: int, named: bool = False) -> Page:
    """A phone's page with a line for each of so many weeks, and with room for names above them."""
    return replace(PHONE, width=246, height=26 * weeks, left=56, right=48, top=PHONE.top if named else 4, bottom=4)


def make_ready() -> None:
    """Load what draws, so that the first who ask for a chart do not wait for it."""
    bars(("",), (0.0,), ("",), 1)


@lru_cache(maxsize=32)
def bars(
    weeks: tuple[str, ...], values: tuple[float, ...], labels: tuple[str, ...], top: float, page: Page = WIDE
) -> bytes:
    """One bar a week, its one of ``labels`` at its end; the axis is always 0 to ``top``, so that weeks compare."""
    import altair as alt

    rows = [{"week": w, "value": v, "label": t} for w, v, t in zip(weeks, values, labels, strict=True)]
    scale = alt.Scale(domain=[0, top if page.narrow else top * 1.15])
    base = alt.Chart(alt.InlineData(values=rows)).encode(**_along(page, weeks), **_across(page, "value:Q", scale))
    drawn = base.mark_bar(color=ACCENT, cornerRadiusEnd=2, size=_bar(page, weeks))
    beyond: dict[str, Any] = {"align": "left", "dx": 6} if page.narrow else {"dy": -8}
    return _svg(page, drawn + base.mark_text(color=INK, **beyond).encode(text="label:N"))


@lru_cache(maxsize=32)
def stacked(
    weeks: tuple[str, ...],
    lower: tuple[int, ...],
    upper: tuple[int, ...],
    names: tuple[str, str],
    page: Page = WIDE,
    thousands: str = ",",
) -> bytes:
    """Two counts a week on top of each other: ``lower`` dark, ``upper`` light with an outline; each with its number,
    and with its name beside the last bar, or above them all.
    """
    import altair as alt

    top = max([below + above for below, above in zip(lower, upper, strict=True)] + [1])
    least = top * (page.letters * 2 / page.width if page.narrow else LINE * 0.8 / page.height)
    rows = [
        {"week": week, "what": name, "from": start, "to": start + count,
         "label": f"{count:,}".replace(",", thousands) if count > least else ""}  # thinner ones: in the table only
        for week, below, above in zip(weeks, lower, upper, strict=True)
        for name, start, count in ((names[0], 0, below), (names[1], below, above))
    ]  # fmt: skip
    base = alt.Chart(alt.InlineData(values=rows)).transform_calculate(middle="(datum.from + datum.to) / 2")
    scale = alt.Scale(domain=[0, top * 1.05])
    drawn = base.mark_bar(stroke=ACCENT, strokeWidth=0.8, size=_bar(page, weeks)).encode(
        **_along(page, weeks),
        **_across(page, "from:Q", scale, "to:Q"),
        color=alt.Color("what:N", scale=alt.Scale(domain=list(names), range=[ACCENT, "#e6edf5"]), legend=_names(page)),
        opacity=alt.condition("datum.to > datum.from", alt.value(1), alt.value(0)),
    )
    numbers = base.mark_text().encode(
        **_along(page, weeks),
        **_across(page, "middle:Q", scale),
        text="label:N",
        color=alt.condition(alt.datum.what == names[0], alt.value("white"), alt.value(INK)),
    )
    if page.narrow:
        return _svg(page, drawn + numbers)
    lower_name, upper_name = _beside_last(page, weeks, names, _middles(page, lower[-1], upper[-1], top * 1.05))
    return _svg(page, drawn + numbers + lower_name + upper_name)


@lru_cache(maxsize=32)
def lines(
    weeks: tuple[str, ...], series: tuple[tuple[str, tuple[int, ...]], ...], page: Page = WIDE, thousands: str = ","
) -> bytes:
    """Two lines, each with its name at its end, or above; the first is solid, the second dashed."""
    import altair as alt

    rows = [
        {"week": week, "what": name, "value": value}
        for name, values in series
        for week, value in zip(weeks, values, strict=True)
    ]
    names, legend = [name for name, _ in series], _names(page, "stroke")
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=_weeks(page, alt.X, weeks),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=4, grid=True, gridColor="#e5e9ee", domain=False)),
        color=alt.Color("what:N", scale=alt.Scale(domain=names, range=[ACCENT, "#8a5a00"]), legend=legend),
    )
    dash = alt.StrokeDash("what:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 4]]), legend=legend)
    drawn = base.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=36)).encode(strokeDash=dash)
    if page.narrow:
        return _svg(page, drawn, thousands)
    first, second = (
        base.transform_filter((alt.datum.week == weeks[-1]) & (alt.datum.what == name))
        .mark_text(align="left", dx=10, dy=shift, fontWeight=600)
        .encode(text="what:N")
        for name, shift in zip(names, _apart(series), strict=True)
    )
    return _svg(page, drawn + first + second, thousands)


def _bar(page: Page, weeks: Sequence[str]) -> float:
    """A bar's thickness in pixels: even one week alone gives no wall."""
    return 20.0 if page.narrow else min(60.0, page.width / len(weeks) * 0.62)


def _middles(page: Page, lower: int, upper: int, top: float) -> tuple[float, float]:
    """Where the names of two counts on top of each other stand: in their middle, and a line apart at least."""
    line = LINE * top / page.height
    below = max(lower / 2, line / 2)
    return below, max(lower + upper / 2, below + line)


def _beside_last(
    page: Page, weeks: tuple[str, ...], names: tuple[str, str], heights: tuple[float, float]
) -> Iterator[altair.Chart]:
    """Each name to the right of the last bar."""
    import altair as alt

    for name, height, colour in zip(names, heights, (ACCENT, INK), strict=True):
        rows = alt.InlineData(values=[{"week": weeks[-1], "name": name, "height": height}])
        at_right = alt.Chart(rows).mark_text(align="left", dx=_bar(page, weeks) / 2 + 8, fontWeight=600, color=colour)
        yield at_right.encode(**_along(page, weeks), y="height:Q", text="name:N")


def _apart(series: tuple[tuple[str, tuple[int, ...]], ...]) -> list[int]:
    """By how many pixels each name moves so that two lines that end close together can both be read."""
    (_, first), (_, second) = series
    close = abs(first[-1] - second[-1]) < max(*first, *second, 1) * 0.1
    return [0, 0] if not close else [-8, 8] if first[-1] >= second[-1] else [8, -8]


def _along(page: Page, weeks: Sequence[str]) -> dict[str, Any]:
    """The weeks of bars, from the left to the right or from the top down."""
    import altair as alt

    return {"y": _weeks(page, alt.Y, weeks)} if page.narrow else {"x": _weeks(page, alt.X, weeks)}


def _across(page: Page, field: str, scale: altair.Scale, until: str = "") -> dict[str, Any]:
    """What bars measure, upwards or to the right."""
    import altair as alt

    name, kind = ("x", alt.X) if page.narrow else ("y", alt.Y)
    return {name: kind(field, axis=None, scale=scale)} | ({f"{name}2": until} if until else {})


def _weeks(page: Page, kind: type[Any], weeks: Sequence[str]) -> Any:
    import altair as alt

    # Side by side on a phone some are left out; who shows them may have wider letters than are known here.
    whole: dict[str, Any] = {"labelOverlap": "parity", "labelSeparation": 14} if page.narrow and kind is alt.X else {}
    axis = alt.Axis(labelAngle=0, title=None, domainColor="#c9d1da", ticks=False, labelPadding=8, **whole)
    return kind("week:N", sort=list(weeks), axis=axis, scale=alt.Scale(type="band", paddingInner=0.35))


def _names(page: Page, symbol: str = "square") -> altair.Legend | None:
    """The names above a narrow drawing, each behind a piece of what it names."""
    import altair as alt

    if not page.narrow:
        return None
    shape: dict[str, Any] = {"symbolType": symbol, "symbolSize": 900 if symbol == "stroke" else 100}
    letters: dict[str, Any] = {"labelFontSize": page.letters, "labelColor": INK, "labelLimit": 0}
    return alt.Legend(orient="top", title=None, offset=10, columnPadding=28, **shape, **letters)


def _svg(page: Page, chart: altair.Chart | altair.LayerChart, thousands: str = ",") -> bytes:
    import vl_convert

    around = {"left": page.left, "right": page.right, "top": page.top, "bottom": page.bottom}
    letters = {"fontSize": page.letters}
    whole = chart.properties(
        width=page.width, height=page.height, background="transparent", autosize="none", padding=around
    ).configure(
        font=_FONT, axis={"labelColor": INK, "labelFontSize": page.letters}, text=letters, view={"stroke": None}
    )
    numbers = {"decimal": ".", "thousands": thousands, "grouping": [3], "currency": ["$", ""]}
    return str(vl_convert.vegalite_to_svg(whole.to_dict(validate=False), format_locale=numbers)).encode()
