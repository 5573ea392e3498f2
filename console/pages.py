"""Pages from templates, and the words for times that people read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

from babel.dates import format_date, format_interval, format_skeleton, format_time, get_datetime_format
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from console.menu import menu
from console.reading.people import names
from console.texts import _, dollars, gettext, language, locale, ngettext, ngettext_raw, number, percent, written
from console.texts.telling import told
from console.visit import NOTICE, Visit, local_path
from registry.users import Role
from reports.week import Week

STATIC = {
    "console.css": "text/css",
    "communications.css": "text/css",
    "decisions.css": "text/css",
    "records.css": "text/css",
    "keys.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
"""What the pages load, and as what."""


def render(visit: Visit, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page. Everything in it is escaped; a word left by :func:`go` is said once."""
    said = unquote(visit.cookie(NOTICE))
    if said:
        visit.set_cookie(NOTICE, None)
    page = _environment().get_template(template)
    return HTMLResponse(page.render(visit=visit, said=said, menu=menu(visit), **context), status)


def go(visit: Visit, path: str, said: str = "") -> RedirectResponse:
    """On to another page of ours after something was done; ``said`` is told there, once."""
    if said:
        visit.set_cookie(NOTICE, quote(said[:1000]))
    return RedirectResponse(local_path(path), 303)


@cache
def static(name: str) -> tuple[bytes, str]:
    """The bytes of a file that pages load, and their digest."""
    content = (files("console") / "static" / name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:16]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # the extension's
    environment.filters.update(day=day, last_day=last_day, when=when, ago=ago, days_of=days_of)
    environment.filters.update(short_day=short_day, number=number, percent=percent, dollars=dollars, month=month)
    environment.filters.update(told=_told, person=person)
    environment.globals.update(_=_said, gettext=_said, ngettext=_counted, language=language, offices=offices)
    environment.globals["static"] = lambda name: f"/static/{name}?v={static(name)[1]}"
    return environment


def _said(text: str, /, **values: object) -> Markup:
    """A text of ours in a template: itself markup, while ``values`` in it are escaped."""
    return Markup(gettext(text)) % written(values)  # noqa: S704 - catalogues are ours; a test puts markup into a name


def _counted(one: str, many: str, count: int, /, **values: object) -> Markup:
    return Markup(ngettext_raw(one, many, count)) % written({"num": count, **values})  # noqa: S704


def _told(sentence: str, visit: Visit) -> str:
    """A sentence of the rooms below, in the language of the page and with people by their names."""
    return told(sentence, lambda login: person(login, visit))


def person(login: str, visit: Visit) -> str:
    """Who a login is, as others know them."""
    return names(visit.console.registry)(login)


def offices(roles: Iterable[Role]) -> str:
    """Roles as people call them: ``Auditor, Communications``."""
    return ", ".join(sorted(_(role.label) for role in roles))


def day(at: date | None, visit: Visit) -> Markup:
    """The date by the district's calendar: ``October 19, 2026``; a dash where there is none."""
    return _time(at, visit, clock=False)


def last_day(end: datetime, visit: Visit) -> Markup:
    """The last day that a time up to but not including ``end`` touches."""
    return day(end - timedelta(microseconds=1), visit)


def when(at: datetime | None, visit: Visit) -> Markup:
    """Date and time by the district's clock: ``October 19, 2026, 7:05 AM``."""
    return _time(at, visit, clock=True)


def days_of(week: Week) -> str:
    """Monday to Sunday: ``October 12 – 18, 2026``."""
    return format_interval(week.monday, week.monday + timedelta(days=6), "yMMMMd", locale=locale())


def short_day(at: date) -> str:
    """A day where the year is plain and room is short: ``Oct 12``."""
    return str(format_skeleton("MMMd", at, locale=locale()))


def month(at: datetime) -> Markup:
    """The calendar month by universal time, which bills go by: ``October 2026``."""
    there = at.astimezone(UTC)
    text = format_skeleton("yMMMM", there, locale=locale())
    return Markup('<time datetime="{}">{}</time>').format(f"{there:%Y-%m}", text)


def ago(at: datetime | None, visit: Visit) -> Markup:
    """How long before (or after) the district's moment, in the largest unit that says it."""
    if at is None:
        return Markup("–")
    seconds = (visit.now - at).total_seconds()
    span = _span(abs(seconds))
    # Translators: %(span)s is such as "3 days"
    text = _("%(span)s ago", span=span) if seconds > 0 else _("in %(span)s", span=span)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), text if abs(seconds) >= 60 else _("just now"))


def _span(seconds: float) -> str:
    hours, days = int(seconds // 3600), int(seconds // 86400)
    if days >= 2 * 365:
        return ngettext("%(num)s year", "%(num)s years", days // 365)
    if days >= 2 * 30:
        return ngettext("%(num)s month", "%(num)s months", days // 30)
    if days:
        return ngettext("%(num)s day", "%(num)s days", days)
    if hours:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    return ngettext("%(num)s minute", "%(num)s minutes", int(seconds // 60))


def _time(at: date | None, visit: Visit, clock: bool) -> Markup:
    if at is None:
        return Markup("–")
    here = at.astimezone(visit.console.zone) if isinstance(at, datetime) else datetime.combine(at, time())
    text = format_date(here, "long", locale=locale())
    if clock:
        joined = str(get_datetime_format("short", locale=locale()))
        text = joined.replace("{1}", text).replace("{0}", format_time(here, "short", locale=locale()))
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), text)
