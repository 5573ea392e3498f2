"""The weekly reports that lie in the data folder: made from the archive, so found by looking."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from console.texts import _
from records.canonical import digest
from records.errors import BadInput
from reports.week import Week

PARTS = {
    "weekly.html": "text/html",
    "weekly.pdf": "application/pdf",
    "weekly.json": "application/json",
    "one-page.html": "text/html",
    "one-page.pdf": "application/pdf",
}
_WEEK = re.compile(r"\d{4}-W\d{2}")
_LATER = re.compile(r"as-of-\d{8}T\d{4}Z")
_SCHOOL = re.compile(r"[a-z0-9-]+-[0-9a-f]{6}\.html")
_TABLE = re.compile(r"[a-z][a-z0-9_-]*\.csv")


@dataclass(frozen=True, slots=True)
class Written:
    """One report. ``later`` names its folder where an earlier one of the week stays beside it; ``tables`` are CSV.

    ``schools`` are pairs: a school's title and the name of its own page.
    """

    week: Week
    made_at: datetime
    later: str
    tables: tuple[str, ...]
    schools: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """The report's own part of an address."""
        return f"{self.week.name}/{self.later}" if self.later else self.week.name


def written(folder: Path, zone: ZoneInfo) -> list[Written]:
    """The complete reports under the data folder, the newest week and making first."""
    found = []
    for path in (folder / "reports").glob("*-W*/weekly.json"):
        if _WEEK.fullmatch(path.parent.name):
            places = [path.parent, *(p for p in path.parent.iterdir() if _LATER.fullmatch(p.name))]
            found += [_report(place, zone) for place in places if (place / "weekly.json").is_file()]
    return sorted(found, key=lambda each: (each.week.monday, each.made_at), reverse=True)


def part(folder: Path, week: str, later: str, name: str) -> tuple[Path, str]:
    """A file of a report and its media type.

    Raises
    ------
    BadInput : there is no such report, or no such part of it.
    """
    known = _WEEK.fullmatch(week) and (not later or _LATER.fullmatch(later))
    media_type = PARTS.get(name) or ("text/csv" if _TABLE.fullmatch(name) else "")
    if _SCHOOL.fullmatch(name):
        name, media_type = f"schools/{name}", "text/html"
    path = folder / "reports" / week / later / name
    if not known or not media_type or not path.is_file():
        raise BadInput(_("There is no such report"), _("See the list of reports"))
    return path, media_type


def _report(place: Path, zone: ZoneInfo) -> Written:
    later = place.name if _LATER.fullmatch(place.name) else ""
    week = Week.parse(place.parent.name if later else place.name, zone)
    report = json.loads((place / "weekly.json").read_bytes())
    tables = tuple(sorted(path.name for path in place.glob("*.csv")))
    return Written(week, datetime.fromisoformat(report["made_at"]), later, tables, tuple(_schools(place, report)))


def _schools(place: Path, report: Any) -> Iterator[tuple[str, str]]:
    """The schools' own pages: the name of each ends with the digest of the school's title."""
    pages = {path.stem.rpartition("-")[2]: path.name for path in (place / "schools").glob("*.html")}
    for title in sorted({row["account"]["school"] for row in report["coverage"]["accounts"]}):
        if name := pages.get(digest(title)[:6]):
            yield title, name
