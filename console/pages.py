"""Pages from templates, and the words for times that people read."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from console.menu import menu
from console.visit import NOTICE, Visit, local_path

STATIC = {
    "console.css": "text/css",
    "communications.css": "text/css",
    "decisions.css": "text/css",
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
    )
    environment.filters.update(day=day, when=when, ago=ago, count=count)
    environment.globals["static"] = lambda name: f"/static/{name}?v={static(name)[1]}"
    return environment


def day(at: datetime | None, visit: Visit) -> Markup:
    """The date by the district's calendar: ``19 October 2026``; a dash where there is none."""
    return _time(at, visit, "{:%-d %B %Y}")


def when(at: datetime | None, visit: Visit) -> Markup:
    """Date and time by the district's clock: ``19 October 2026, 7:05 am``."""
    return _time(at, visit, "{:%-d %B %Y}, {:%-I:%M} {}")


def ago(at: datetime | None, visit: Visit) -> Markup:
    """How long before (or after) the district's moment, in the largest unit that says it."""
    if at is None:
        return Markup("–")
    seconds = (visit.now - at).total_seconds()
    words = _span(abs(seconds))
    text = "just now" if abs(seconds) < 60 else f"{words} ago" if seconds > 0 else f"in {words}"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), text)


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 account``, ``2 accounts``, ``no accounts``."""
    noun = one if number == 1 else many or f"{one}s"
    return f"{number:,} {noun}" if number else f"no {noun}"


def _span(seconds: float) -> str:
    for unit, length in (("year", 365 * 86400), ("month", 30 * 86400), ("day", 86400), ("hour", 3600)):
        if seconds >= length * (2 if unit in ("year", "month") else 1):
            return count(int(seconds // length), unit)
    return count(int(seconds // 60), "minute")


def _time(at: datetime | None, visit: Visit, form: str) -> Markup:
    if at is None:
        return Markup("–")
    here = at.astimezone(visit.console.zone)
    text = form.format(here, here, "am" if here.hour < 12 else "pm")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), escape(text))
