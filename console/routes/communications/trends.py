"""The district's weeks: drawings, each with a sentence and its numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import render
from console.reading.trends import trends
from console.routes.communications import words
from console.routes.communications.drawings import drawings
from console.routes.communications.room import HOME, REPORT_READERS, room
from console.routes.communications.work import kept
from console.visit import Visit
from reports.model import TrendWeek
from reports.week import last_week

COUNTED_FOR = timedelta(minutes=10)


@room.page(f"{HOME}/trends", REPORT_READERS)
def weeks(visit: Here) -> Response:
    """The district over up to twelve weeks, and how often people agreed with each rule."""
    if not visit.console.archive.there:
        return render(visit, "communications/nothing.html")
    points = _points(visit)
    return render(
        visit,
        "communications/trends.html",
        mondays=[point.week.monday for point in points],
        drawings=drawings(points),
        precision=visit.console.registry.reviews.precision(),
        names=words.rule,
    )


@room.page(f"{HOME}/trends/{{shape}}/{{number}}.svg", REPORT_READERS)
def drawing(visit: Here, shape: Literal["wide", "phone"], number: int) -> Response:
    """One of the drawings, for a wide page or for a phone's."""
    there = drawings(_points(visit))
    one = there[number] if 0 <= number < len(there) else None
    if one is None or one.draw is None:
        raise HTTPException(404)
    return Response(one.draw(one.page(shape)), media_type="image/svg+xml")


def _points(visit: Visit) -> tuple[TrendWeek, ...]:
    """The weeks that end with the last complete one; a load each minute does not count them anew each minute."""
    week, labels, clock = last_week(visit.now, visit.console.zone), kept(visit).office.labels(), visit.console.clock()
    counted = kept(visit).weeks.get(week.name)
    if counted is None or not timedelta() <= clock - counted[0] < COUNTED_FOR:
        with visit.console.archive.cursor() as published:
            counted = (clock, trends(published, labels, week, visit.now))
        kept(visit).weeks[week.name] = counted
    return counted[1]
