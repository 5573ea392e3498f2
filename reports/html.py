"""The report as one HTML page that needs nothing else: no script, no font, no request."""

from __future__ import annotations

import base64
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.compose import compose
from reports.document import Document, Picture
from reports.model import WeeklyReport


def render(report: WeeklyReport) -> str:
    """The weekly report as a page."""
    return page(compose(report))


def page(document: Document) -> str:
    """Any document as a page. All text is escaped; the page's own policy forbids scripts and requests as well."""
    return _environment().get_template("page.html").render(document=document)


def mail_page(document: Document) -> str:
    """A document of counts and links as mail programs show it: tables and inline styles only."""
    return _environment().get_template("mail.html").render(document=document)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data_uri"] = _data_uri
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    environment.globals["stylesheet"] = Markup(_source(environment, "page.css"))  # noqa: S704 - ours, from the package
    return environment


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _data_uri(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"
