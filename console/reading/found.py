"""A search over every archived version, narrowed as a form says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Self

from console.texts import _
from records.errors import BadInput
from warehouse.search import Hit, Narrow, Search

PAGE, PAGES = 20, 20
"""Finds on a page, and pages: beyond them a search is to be narrowed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was typed. ``account`` is an account's id; ``since`` and ``until`` are days, both included."""

    words: str = ""
    account: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    literally: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        """The search in a page's address."""
        return cls(**{field.name: values.get(field.name, "").strip() for field in fields(cls)})

    def parameters(self) -> dict[str, str]:
        """What is asked, for an address."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    def narrow(self, zone: tzinfo) -> Narrow:
        """What the search is narrowed to; days are those of ``zone``.

        Raises
        ------
        BadInput : for what is no day, or a kind that there is not.
        """
        if self.kind not in ("", "post", "comment"):
            raise BadInput(_("'%(kind)s' is no kind of record", kind=self.kind), _("Choose posts or comments"))
        until = _midnight(self.until, zone)
        return Narrow(
            self.account or None,
            self.kind or None,
            _midnight(self.since, zone),
            until + timedelta(days=1) if until else None,
            self.literally or None,
        )


@dataclass(frozen=True, slots=True)
class Finds:
    """One page of finds, the best first; ``more`` where there is another page."""

    hits: tuple[Hit, ...]
    number: int
    more: bool


def find(search: Search, asked: Asked, number: int, zone: tzinfo) -> Finds:
    """The page ``number`` (from 1 on) of what matches.

    Raises
    ------
    BadInput : the words are not a query, a day is none, or nothing is indexed yet.
    """
    number = min(max(number, 1), PAGES)
    hits = search.find(asked.words, asked.narrow(zone), limit=number * PAGE + 1)
    return Finds(tuple(hits[(number - 1) * PAGE : number * PAGE]), number, len(hits) > number * PAGE and number < PAGES)


def _midnight(day: str, zone: tzinfo) -> datetime | None:
    """The beginning of an ISO day by the clocks of ``zone``."""
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day), time(), zone)
    except ValueError:
        raise BadInput(_("'%(day)s' is not a day", day=day), _("Write it as 2026-10-19")) from None
