"""Report: one model of the week from the published copy and the registry, written as HTML and PDF."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from hallpass.pipeline.office import opened
from hallpass.settings import Settings
from records.canonical import iso
from records.errors import BadInput
from records.model import Platform
from reports.model import WeeklyReport
from reports.week import Week, last_week
from reports.weekly import build
from warehouse import durable


@dataclass(frozen=True, slots=True)
class Written:
    """One week's report and the files that show it; JSON and CSV lie beside them."""

    report: WeeklyReport
    html: Path
    pdf: Path

    @classmethod
    def of(cls, settings: Settings, report: WeeklyReport) -> Written:
        """Where the files of ``report`` belong: a later one of the same week has a folder of its own."""
        folder = settings.folder / "reports" / report.week.name
        if _first(settings, report):
            folder /= f"as-of-{report.made_at:%Y%m%dT%H%MZ}"
        return cls(report, folder / "weekly.html", folder / "weekly.pdf")


def weekly(settings: Settings, week: str | None = None) -> Written:
    """Write the report of ``week`` (``2026-W42``; the last complete one where None) under ``reports/``.

    The first report of a week stays as it is; a later one says what changed since.

    Raises
    ------
    BadInput : for a week that has not begun or is none, or where nothing is archived yet.
    """
    from reports import data, html, later, pdf

    report = model(settings, week, with_classes=True)
    written = Written.of(settings, report)
    if first := _first(settings, report):
        report = later.since(first, report)
    files = {
        "weekly.html": html.render(report).encode(),
        "weekly.pdf": pdf.render(report),
        **data.to_csv(report),
        "weekly.json": data.to_json(report),  # last: with it the report is complete
    }
    for name, content in files.items():
        durable.write(written.html.with_name(name), [content], overwrite=True)
    return replace(written, report=report)


def _first(settings: Settings, report: WeeklyReport) -> bytes | None:
    """The JSON of the week's first report, where it was made at another moment than this one."""
    path = settings.folder / "reports" / report.week.name / "weekly.json"
    if not path.exists():
        return None
    content = path.read_bytes()
    return None if json.loads(content)["made_at"] == iso(report.made_at) else content


def model(settings: Settings, week: str | None = None, with_classes: bool = False) -> WeeklyReport:
    """The report of ``week`` as values; ``with_classes`` counts new followers by their class in the community,
    which needs the district's key where followers are minimised.

    Raises
    ------
    BadInput : as :func:`weekly`.
    """
    now, zone = settings.now(), settings.timezone
    chosen = Week.parse(week, zone) if week else last_week(now, zone)
    with opened(settings) as office, office.published() as published:
        if published is None:
            raise BadInput("Nothing is archived yet, so there is nothing to report", "Run `hallpass collect` first")
        return build(
            published,
            office.registry,
            chosen,
            now,
            office.landing.media_path,
            office.references(),
            settings.district,
            {p: office.community(p) for p in Platform} if with_classes else None,
        )
