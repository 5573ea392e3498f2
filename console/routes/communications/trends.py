"""The district's weeks: drawings, each with a sentence and its numbers."""

from __future__ import annotations

from datetime import timedelta

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import render
from console.reading.trends import trends
from console.routes.communications import words
from console.routes.communications.room import HOME, REPORT_READERS, room
from console.routes.communications.work import kept
from console.visit import Visit
from reports.document import Chart, Paragraph, Section
from reports.week import last_week

DRAWN_FOR = timedelta(minutes=10)


@room.page(f"{HOME}/trends", REPORT_READERS)
def weeks(visit: Here) -> Response:
    """The district over up to twelve weeks, and how often people agreed with each rule."""
    if not visit.console.archive.there:
        return render(visit, "communications/nothing.html")
    section = _section(visit)
    charts = [block for block in section.blocks if isinstance(block, Chart)]
    return render(
        visit,
        "communications/trends.html",
        charts=charts,
        words=[block for block in section.blocks if isinstance(block, Paragraph)],
        precision=visit.console.registry.reviews.precision(),
        names=words.rule,
    )


@room.page(f"{HOME}/trends/{{number}}.svg", REPORT_READERS)
def drawing(visit: Here, number: int) -> Response:
    """One of the drawings."""
    charts = [block for block in _section(visit).blocks if isinstance(block, Chart)]
    if not 0 <= number < len(charts):
        raise HTTPException(404)
    return Response(charts[number].picture.content, media_type="image/svg+xml")


def _section(visit: Visit) -> Section:
    """The weeks that end with the last complete one; a load each minute does not draw them anew each minute."""
    week, labels, clock = last_week(visit.now, visit.console.zone), kept(visit).office.labels(), visit.console.clock()
    drawn = kept(visit).weeks.get(week.name)
    if drawn is None or not timedelta() <= clock - drawn[0] < DRAWN_FOR:
        with visit.console.archive.cursor() as published:
            drawn = (clock, trends(published, labels, week, visit.now))
        kept(visit).weeks[week.name] = drawn
    return drawn[1]
