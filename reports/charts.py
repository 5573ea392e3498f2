"""The report's charts as SVG: few, labelled where the eye is, told apart by more than colour.

Altair describes them and vl-convert draws them, without a browser and without the network. Both are
imported when a chart is drawn: together they take longer to import than to draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair

ACCENT, QUIET, INK = "#1d4f91", "#b9c6d6", "#3d4654"
WIDTH, HEIGHT, LINE = 620, 116, 16
_AROUND = {"left": 100, "right": 84, "top": 22, "bottom": 28}
"""Pixels for what stands beside the drawing, the same in all, so that their weeks stand below each other."""
_FONT = "Inter, 'Noto Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


@lru_cache(maxsize=16)
def bars(weeks: tuple[str, ...], values: tuple[float, ...], labels: tuple[str, ...], top: float) -> bytes:
    """One bar a week, its ``labels`` above it; the axis is always 0 to ``top``, so that weeks compare."""
    import altair as alt

    rows = [{"week": w, "value": v, "label": t} for w, v, t in zip(weeks, values, labels, strict=True)]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=_weeks(weeks), y=alt.Y("value:Q", axis=None, scale=alt.Scale(domain=[0, top * 1.15]))
    )
    drawn = base.mark_bar(color=ACCENT, cornerRadiusTopLeft=2, cornerRadiusTopRight=2, size=_bar(weeks))
    return _svg(drawn + base.mark_text(dy=-8, color=INK).encode(text="label:N"))


@lru_cache(maxsize=16)
def stacked(weeks: tuple[str, ...], lower: tuple[int, ...], upper: tuple[int, ...], names: tuple[str, str]) -> bytes:
    """Two counts a week on top of each other: ``lower`` dark, ``upper`` light with an outline; each with its number,
    and with its name beside the last bar.
    """
    import altair as alt

    top = max([below + above for below, above in zip(lower, upper, strict=True)] + [1])
    least = LINE * 0.8 * top / HEIGHT  # what is thinner than its number has it in the table only
    rows = [
        {"week": week, "what": name, "from": start, "to": start + count, "label": f"{count:,}" if count > least else ""}
        for week, below, above in zip(weeks, lower, upper, strict=True)
        for name, start, count in ((names[0], 0, below), (names[1], below, above))
    ]
    base = alt.Chart(alt.InlineData(values=rows)).transform_calculate(middle="(datum.from + datum.to) / 2")
    fill = alt.Color("what:N", scale=alt.Scale(domain=list(names), range=[ACCENT, "#e6edf5"]), legend=None)
    drawn = base.mark_bar(stroke=ACCENT, strokeWidth=0.8, size=_bar(weeks)).encode(
        x=_weeks(weeks),
        y=alt.Y("from:Q", axis=None, scale=alt.Scale(domain=[0, top * 1.05])),
        y2="to:Q",
        color=fill,
        opacity=alt.condition("datum.to > datum.from", alt.value(1), alt.value(0)),
    )
    numbers = base.mark_text().encode(
        x=_weeks(weeks),
        y="middle:Q",
        text="label:N",
        color=alt.condition(alt.datum.what == names[0], alt.value("white"), alt.value(INK)),
    )
    lower_name, upper_name = _beside_last(weeks, names, _middles(lower[-1], upper[-1], top * 1.05))
    return _svg(drawn + numbers + lower_name + upper_name)


@lru_cache(maxsize=16)
def lines(weeks: tuple[str, ...], series: tuple[tuple[str, tuple[int, ...]], ...]) -> bytes:
    """Two lines, each with its name at its end; the first is solid, the second dashed."""
    import altair as alt

    rows = [
        {"week": week, "what": name, "value": value}
        for name, values in series
        for week, value in zip(weeks, values, strict=True)
    ]
    names = [name for name, _ in series]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=_weeks(weeks),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=4, grid=True, gridColor="#e5e9ee", domain=False)),
        color=alt.Color("what:N", scale=alt.Scale(domain=names, range=[ACCENT, "#8a5a00"]), legend=None),
    )
    dash = alt.StrokeDash("what:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 4]]), legend=None)
    drawn = base.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=36)).encode(strokeDash=dash)
    first, second = (
        base.transform_filter((alt.datum.week == weeks[-1]) & (alt.datum.what == name))
        .mark_text(align="left", dx=10, dy=shift, fontWeight=600)
        .encode(text="what:N")
        for name, shift in zip(names, _apart(series), strict=True)
    )
    return _svg(drawn + first + second)


def _bar(weeks: Sequence[str]) -> float:
    """A bar's width in pixels: even one week alone gives no wall."""
    return min(60.0, WIDTH / len(weeks) * 0.62)


def _middles(lower: int, upper: int, top: float) -> tuple[float, float]:
    """Where the names of two counts on top of each other stand: in their middle, and a line apart at least."""
    line = LINE * top / HEIGHT
    below = max(lower / 2, line / 2)
    return below, max(lower + upper / 2, below + line)


def _beside_last(
    weeks: tuple[str, ...], names: tuple[str, str], heights: tuple[float, float]
) -> Iterator[altair.Chart]:
    """Each name to the right of the last bar."""
    import altair as alt

    for name, height, colour in zip(names, heights, (ACCENT, INK), strict=True):
        rows = alt.InlineData(values=[{"week": weeks[-1], "name": name, "height": height}])
        at_right = alt.Chart(rows).mark_text(align="left", dx=_bar(weeks) / 2 + 8, fontWeight=600, color=colour)
        yield at_right.encode(x=_weeks(weeks), y="height:Q", text="name:N")


def _apart(series: tuple[tuple[str, tuple[int, ...]], ...]) -> list[int]:
    """By how many pixels each name moves so that two lines that end close together can both be read."""
    (_, first), (_, second) = series
    close = abs(first[-1] - second[-1]) < max(*first, *second, 1) * 0.1
    return [0, 0] if not close else [-8, 8] if first[-1] >= second[-1] else [8, -8]


def _weeks(weeks: Sequence[str]) -> altair.X:
    import altair as alt

    axis = alt.Axis(labelAngle=0, title=None, domainColor="#c9d1da", ticks=False, labelPadding=8)
    return alt.X("week:N", sort=list(weeks), axis=axis, scale=alt.Scale(type="band", paddingInner=0.35))


def _svg(chart: altair.LayerChart) -> bytes:
    import vl_convert

    whole = chart.properties(
        width=WIDTH, height=HEIGHT, background="transparent", autosize="none", padding=_AROUND
    ).configure(font=_FONT, axis={"labelColor": INK, "labelFontSize": 12}, text={"fontSize": 12}, view={"stroke": None})
    return str(vl_convert.vegalite_to_svg(whole.to_dict(validate=False))).encode()
