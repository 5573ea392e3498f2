"""Who wrote a comment: strangers, and maybe children. Nobody is named before a reason was given for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from console.reading.records import Thread, Told
from console.visit import Visit
from registry.looks import IDENTITY
from reports.labels import Labels

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
            authors[each.record_id] = _name(each) if named else f"Commenter {number}"
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
    return " ".join(part for part in (told.author, handle) if part) or "Name not known"
