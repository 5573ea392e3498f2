"""Many accounts from a CSV file: first what would happen and an error per row, then the import."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.routes.it.room import FORMS, OURS, room
from console.texts import _, ngettext
from console.visit import Visit
from records.errors import BadInput, HallpassError
from registry import ImportReport
from registry.accounts import COLUMNS, as_row

CSV_LIMIT = 4 << 20
"""Bytes of a file; ten thousand accounts are about 1 MB. Its form may have twice as many: between dry run and import
the page keeps the file, and a browser sends two bytes for each end of a line in it."""

SHOWN = 200
"""Wrong rows that are told one by one: who has more has one mistake in all of them."""


@room.page("/it/import", FORMS)
def form(visit: Here) -> Response:
    """Choose a file."""
    return _page(visit)


@room.page("/it/accounts.csv", OURS)
def download(visit: Here) -> Response:
    """The register as a file that could be imported; ``?rows=none`` leaves its columns only."""
    accounts = [] if visit.query.get("rows") == "none" else visit.console.registry.accounts()
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *map(as_row, accounts)])
    headers = {"content-disposition": 'attachment; filename="accounts.csv"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@room.action("/it/import", OURS, upload=2 * CSV_LIMIT)
def run(visit: Here) -> Response:
    """The dry run, or the import of a file that the dry run found clean."""
    try:
        text = _content(visit)
        report = _import(visit, text, dry_run=visit.text("step") != "import")
    except BadInput as error:
        return _page(visit, error=error)
    if report.dry_run or report.errors:
        return _page(visit, report=report, content="" if report.errors else text)
    added = ngettext("%(num)s account was added.", "%(num)s accounts were added.", report.added)
    unchanged = ngettext("%(num)s row stood there already.", "%(num)s rows stood there already.", report.unchanged)
    return go(visit, "/it", f"{added} {unchanged}" if report.unchanged else added)


def _content(visit: Visit) -> str:
    sent = visit.file("file")
    if sent is None:
        kept = visit.form.get("content", "")
        if isinstance(kept, str) and kept:
            return kept
        raise BadInput(_("No file was chosen"), _("Choose an accounts.csv"))
    content = sent.file.read(CSV_LIMIT + 1)
    if len(content) > CSV_LIMIT:
        raise BadInput(_("The file has more than %(num)s MB", num=CSV_LIMIT >> 20), _("Import it in parts"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(_("The file is not in UTF-8"), _("Save it as CSV UTF-8, then choose it again")) from error


def _import(visit: Visit, text: str, dry_run: bool) -> ImportReport:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.csv"
        path.write_text(text, newline="")
        registry = visit.console.registry
        return registry.import_accounts(path, visit.me.login, visit.now, dry_run, visit.console.zone)


def _page(
    visit: Visit, report: ImportReport | None = None, content: str = "", error: HallpassError | None = None
) -> Response:
    wrong = error is not None or (report is not None and bool(report.errors))
    status = 422 if wrong else 200
    return render(
        visit, "it/import.html", status, report=report, content=content, error=error, columns=COLUMNS, most=SHOWN
    )
