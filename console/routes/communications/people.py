"""Who wrote a comment: strangers, and maybe children. Nobody is named before a reason was given for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from markupsafe import Markup, escape

from console.reading.records import Thread, Told
from console.texts import _
from console.visit import Visit
from registry.looks import IDENTITY
from reports.labels import Labels
from warehouse.search import Hit

LISTED = 200
"""Characters of a text that a list shows where no words of it were searched for."""

_MARKS = "(?:</?b>)*"
_TAG = re.compile("</?b>")
_MENTION = re.compile(r"(?<!\w)@(?:</?b>|\w)+")

SHOWN_FOR = timedelta(hours=1)
"""How long names stay shown to who asked for them."""


def names_of(visit: Visit, thread: Thread | None, labels: Labels) -> dict[str, Any]:
    """By record id how each author of a thread is called, and whether the names of others are shown."""
    if thread is None:
        return {"authors": {}, "named": False, "strangers": False, "masked": str}
    named = _may_see(visit, thread.post.record_id)
    told = [thread.post, *([thread.answers] if thread.answers else []), *thread.comments]
    ours = {each.record_id: owner for each in told if (owner := _ours(each, thread, labels))}
    numbers: dict[str, int] = {}
    authors = dict(ours)
    for each in told:
        if each.record_id not in ours:
            number = numbers.setdefault(each.author_id or each.record_id, len(numbers) + 1)
            authors[each.record_id] = _name(each) if named else _("Commenter %(number)s", number=number)
    handles = {} if named else {t.author_handle: authors[t.record_id] for t in told if t.author_handle}
    return {"authors": authors, "named": named, "strangers": bool(numbers), "masked": _mask(handles)}


def open_names(visit: Visit, record_id: str, account_id: str | None) -> None:
    """Note why somebody has to know who commented on a post; Refused without a reason."""
    visit.console.registry.looks.look(
        visit.me.login, visit.now, IDENTITY, record_id, account_id, reason=visit.text("reason")
    )


def _mask(handles: Mapping[str, str]) -> Callable[[str], str]:
    """Takes the handles of a thread's commenters out of what was written in it."""
    if not handles:
        return str
    called = {handle.lower(): name for handle, name in handles.items()}
    pattern = re.compile(rf"(?<!\w)@?({'|'.join(map(re.escape, handles))})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda match: f"[{called[match[1].lower()]}]", text)


def masked_snippet(labels: Labels, hits: Iterable[Hit]) -> Callable[[Hit], Markup]:
    """Shows the words around each of these finds without the handles of people who are none of the district's.

    The search has escaped everything but its own ``<b>``, which may stand inside a handle.
    """
    ours = {account.handle.lower() for account in labels.active}
    strangers = sorted({hit.author for hit in hits if hit.kind == "comment" and hit.author}, key=len, reverse=True)
    bare = "|".join(_MARKS.join(map(re.escape, escape(handle))) for handle in strangers)
    named = re.compile(rf"(?<![\w&@])(?:<b>)?(?:{bare})(?:</b>)?(?!\w)", re.IGNORECASE) if strangers else None

    def hidden(match: re.Match[str]) -> str:
        handle = _TAG.sub("", match[0]).removeprefix("@").lower()
        return match[0] if handle in ours else _("[name hidden]")

    def shown(hit: Hit) -> Markup:
        text = _MENTION.sub(hidden, hit.snippet or str(escape(hit.text[:LISTED])))
        text = named.sub(hidden, text) if named else text
        whole = text.count("<b>") == text.count("</b>")
        return Markup(text if whole else _TAG.sub("", text))  # noqa: S704 - a test posts markup

    return shown


def _may_see(visit: Visit, record_id: str) -> bool:
    looks = visit.console.registry.looks.of(IDENTITY, record_id)
    return any(look.by == visit.me.login and visit.now - look.at <= SHOWN_FOR for look in looks)


def _ours(told: Told, thread: Thread, labels: Labels) -> str | None:
    """The handle of the registered account that wrote it, None for anybody else."""
    if told.account_id:
        return f"@{labels.account(told.account_id).handle}"
    if told.author_id and told.author_id == thread.post.author_id and thread.post.account_id:
        return f"@{labels.account(thread.post.account_id).handle}"
    return None


def _name(told: Told) -> str:
    handle = f"@{told.author_handle}" if told.author_handle else ""
    return " ".join(part for part in (told.author, handle) if part) or _("Name not known")
