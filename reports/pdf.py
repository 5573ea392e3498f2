"""The report as a tagged PDF: PDF/UA-1 and PDF/A-2a, set by typst.

The template reads the document as JSON. Nothing of a post ever reaches typst as source, so no post
can write into the report.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reports.compose import compose
from reports.document import Document, Picture
from reports.fonts import FAMILIES, displayable, folders
from reports.model import WeeklyReport

_SCREEN_ONLY = {"phone"}
_ENDING = {"image/jpeg": "jpg", "image/png": "png", "image/svg+xml": "svg"}


def render(report: WeeklyReport) -> bytes:
    """The weekly report as a PDF; the same report gives the same bytes."""
    return printed(compose(report), report.made_at)


def printed(document: Document, made_at: datetime) -> bytes:
    """Any document as a PDF that says it was made at ``made_at``."""
    import typst

    pictures: dict[str, bytes] = {}
    data = {"document": _plain(document, pictures), "families": FAMILIES}
    contents = {"main.typ": _template(), "data.json": json.dumps(data).encode(), **pictures}
    with TemporaryDirectory(prefix="hallpass-") as root:
        for name, content in contents.items():
            (Path(root) / name).write_bytes(content)
        return typst.compile(
            Path(root) / "main.typ",
            root=Path(root),
            format="pdf",
            font_paths=list(folders()),
            ignore_system_fonts=True,
            pdf_standards=["ua-1", "a-2a"],
            timestamp=int(made_at.timestamp()),
        )


@cache
def _template() -> bytes:
    return (files("reports") / "templates" / "page.typ").read_bytes()


def _plain(value: Any, pictures: dict[str, bytes]) -> Any:
    """``value`` as JSON types; each picture becomes the name of a file that is added to ``pictures``."""
    if isinstance(value, Picture):
        name = f"picture{len(pictures)}.{_ENDING[value.media_type]}"
        pictures[name] = value.content
        return {"file": name, "alt": displayable(value.alt)}
    if is_dataclass(value):
        printed = (field.name for field in fields(value) if field.name not in _SCREEN_ONLY)
        plain = {name: _plain(getattr(value, name), pictures) for name in printed}
        return {"kind": type(value).__name__, **plain}
    if isinstance(value, str):
        return displayable(value)
    if isinstance(value, tuple):
        return [_plain(item, pictures) for item in value]
    return value
