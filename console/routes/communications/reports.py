"""The weekly reports, as they were written."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading.written import part, written
from console.routes.communications.room import HOME, REPORT_READERS, REVIEWERS, room
from console.texts import _
from console.visit import Visit
from registry.looks import REPORT
from reports.week import last_week

WEEKS = 26
"""Complete weeks that are offered to be written; `hallpass report weekly` writes any."""
SEALED = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""What a report's own page may do: show itself."""


@room.page(f"{HOME}/reports", REPORT_READERS)
def reports(visit: Here) -> Response:
    """The reports that were written, the newest first."""
    found = written(visit.console.folder, visit.console.zone)
    newest = last_week(visit.now, visit.console.zone)
    weeks = [newest.back(n) for n in range(WEEKS)] if visit.may(REVIEWERS, "POST") else []
    return render(visit, "communications/reports.html", reports=found, weeks=weeks)


@room.action(f"{HOME}/reports", REVIEWERS)
def write(visit: Here) -> Response:
    """Write the report of a week as it is known now."""
    visit.console.write_report(visit.text("week"))
    return go(visit, f"{HOME}/reports", _("The report is written."))


@room.page(f"{HOME}/reports/{{week}}/{{name}}", REPORT_READERS)
def report(visit: Here, week: str, name: str) -> Response:
    """A part of a week's first report."""
    return _part(visit, week, "", name)


@room.page(f"{HOME}/reports/{{week}}/{{later}}/{{name}}", REPORT_READERS)
def later_report(visit: Here, week: str, later: str, name: str) -> Response:
    """A part of a report that was made again later."""
    return _part(visit, week, later, name)


def _part(visit: Visit, week: str, later: str, name: str) -> Response:
    path, media_type = part(visit.console.folder, week, later, name)
    visit.console.registry.looks.look(visit.me.login, visit.now, REPORT, f"{week}/{later}/{name}".replace("//", "/"))
    headers = {"content-security-policy": SEALED}
    if media_type == "text/csv":
        headers["content-disposition"] = f'attachment; filename="hallpass-{week}-{name}"'
    return Response(path.read_bytes(), media_type=media_type, headers=headers)
