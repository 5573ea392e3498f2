"""Report: one model of the week from the published copy and the registry, written in every form and landed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from hallpass.pipeline import made
from hallpass.pipeline.office import Office, opened
from hallpass.settings import Settings
from records.canonical import digest
from records.errors import BadInput
from records.model import Platform
from registry.mailing import MailState
from reports.beside import Beside
from reports.model import MailFaults, WeeklyReport
from reports.week import Week, last_week
from reports.weekly import build
from warehouse import durable


@dataclass(frozen=True, slots=True)
class Written:
    """One week's report and its page and paper; the superintendent's page, schools' parts and data lie beside them."""

    report: WeeklyReport
    html: Path
    pdf: Path

    @property
    def folder(self) -> Path:
        """Where all files of this report lie."""
        return self.html.parent

    @classmethod
    def of(cls, settings: Settings, report: WeeklyReport) -> Written:
        """Where the files of ``report`` lie, as :func:`weekly` wrote them."""
        first = settings.folder / "reports" / report.week.name
        later = first / _later(report)
        return cls.into(later if later.exists() else first, report)

    @classmethod
    def into(cls, folder: Path, report: WeeklyReport) -> Written:
        """The files of ``report`` in ``folder``."""
        return cls(report, folder / "weekly.html", folder / "weekly.pdf")


def weekly(settings: Settings, week: str | None = None) -> Written:
    """Write the report of ``week`` (``2026-W42``; the last complete one where None) under ``reports/``, and land it.

    The first report of a week stays as it is; a later one says what changed since, in a folder of its own.

    Raises
    ------
    BadInput : for a week that has not begun or is none, or where nothing is archived yet.
    """
    from reports import data, later

    with opened(settings) as office:
        report = _model(office, week, with_classes=True)
        first = made.first_of(office, report.week.name)
        if first is not None and first != data.to_json(report):
            decided = Beside(reviews=office.registry.reviews.all()).settled(report.made_at)
            later_one = later.since(first, report, decided)
            if _stands(later_one):
                return Written.of(settings, report)
            report = later_one
        folder = settings.folder / "reports" / folder_of(report)
        whole = data.to_json(report)
        for name, content in chain(files(report), [("weekly.json", whole)]):
            durable.write(folder / name, [content], overwrite=True)
        made.land(office, report, whole)  # last: what is landed was written
    return Written.into(folder, report)


def school_part(written: Written, school: str) -> Written:
    """Write the part of one school beside the whole report.

    Raises
    ------
    BadInput : no registered account belongs to that school.
    """
    from reports import html, parts, pdf

    part = parts.school_part(written.report, school)
    path = written.folder / _school(school)
    files = {path.with_suffix(".html"): html.render(part).encode(), path.with_suffix(".pdf"): pdf.render(part)}
    for file, content in files.items():
        durable.write(file, [content], overwrite=True)
    return Written(part, *files)


def model(settings: Settings, week: str | None = None, with_classes: bool = False) -> WeeklyReport:
    """The report of ``week`` as values; ``with_classes`` counts new followers by their class in the community,
    which needs the district's key where followers are minimised.

    Raises
    ------
    BadInput : as :func:`weekly`.
    """
    with opened(settings) as office:
        return _model(office, week, with_classes)


def files(report: WeeklyReport) -> Iterator[tuple[str, bytes]]:
    """Every form of the report but its JSON with its name, one at a time: together they can be a gigabyte.

    Schools' parts are pages only, their paper is set on demand. typst works outside Python's lock, so the papers are
    set while the pages are written.
    """
    from reports import data, html, parts, pdf
    from reports.compose import compose, one_page

    documents = {"weekly": compose(report), "one-page": one_page(report)}
    with ThreadPoolExecutor(max_workers=1) as typesetter:
        papers = {f"{n}.pdf": typesetter.submit(pdf.printed, d, report.made_at) for n, d in documents.items()}
        for name, document in documents.items():
            yield f"{name}.html", html.page(document).encode()
        for school in parts.schools(report):
            yield f"{_school(school)}.html", html.render(parts.school_part(report, school)).encode()
        yield from data.to_csv(report).items()
        for name, paper in papers.items():
            yield name, paper.result()


def folder_of(report: WeeklyReport) -> str:
    """Where a report lies under ``reports/``: the first of its week in the week's folder, a later one below that."""
    return f"{report.week.name}/{_later(report)}" if report.since else report.week.name


def _stands(report: WeeklyReport) -> bool:
    """Whether the first report was made at this very moment and says the same: a run that was cut short, done again."""
    from reports import later

    since = report.since
    return since is not None and since.first_made_at == report.made_at and not later.changed(report, since)


def _later(report: WeeklyReport) -> str:
    """The folder of a report that is not the first of its week."""
    return f"as-of-{report.made_at:%Y%m%dT%H%MZ}"


def _school(title: str) -> str:
    """The file of a school's part, without its ending: a plain name, told apart by a digest where names are alike."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in title.lower())
    plain = "-".join(part for part in kept.split("-") if part)
    return f"schools/{plain or 'school'}-{digest(title)[:6]}"


def _model(office: Office, week: str | None, with_classes: bool) -> WeeklyReport:
    settings = office.settings
    now, zone = settings.now(), settings.timezone
    chosen = Week.parse(week, zone) if week else last_week(now, zone)
    with office.published() as published:
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
            _beside(office),
        )


def _beside(office: Office) -> Beside:
    """What the registry, the budget and the ledger say beside the archive."""
    now = office.settings.now()
    faults = office.registry.mailing.faults(now)
    refused = sum(mail.state is MailState.REFUSED for mail in faults)
    return Beside(
        reviews=office.registry.reviews.all(),
        precision=office.registry.reviews.precision(),
        requests=office.registry.requests.all(),
        spending=office.spending(),
        ledger=made.ledger_state(office),
        mail=MailFaults(refused, len(faults) - refused),
    )
