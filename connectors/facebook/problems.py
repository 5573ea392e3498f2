"""What the Graph API's errors mean. Retry is decided by the code, not by the HTTP status.

Source: https://developers.facebook.com/docs/graph-api/guides/error-handling and .../overview/rate-limiting
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.transport import Exchange
from connectors.values import count, json_object, mapping, objects, text
from records.errors import (
    NotPermitted,
    PlatformError,
    Terminal,
    Throttled,
    TokenDead,
    Transient,
    Unavailable,
    UnexpectedAnswer,
)
from records.model import Gone

PASSING = frozenset((1, 2))
THROTTLED = frozenset((4, 17, 32, 341, 613, *range(80000, 80015)))
BLOCKED = 368
TOKEN = frozenset((102, 104, 190, *range(458, 468)))
PERMISSION = frozenset((3, 10, *range(200, 300)))
NOT_THERE = frozenset(((100, 33), (803, None)))
PAGE_TOKEN_NEEDED = 2069032
UNSUPPORTED = frozenset((2069030, 2069031))

PAUSE = timedelta(minutes=15)
HOUR = timedelta(hours=1)


def judge(exchange: Exchange) -> dict[str, Any]:
    """The body of a good answer.

    Raises
    ------
    UnexpectedAnswer, Transient, Throttled, TokenDead, NotPermitted, Unavailable, Terminal
    """
    try:
        body = json_object(exchange.body, exchange.path)
    except UnexpectedAnswer:
        if exchange.status >= 500:
            raise Transient(f"Facebook answered {exchange.status}", "It is asked again by itself") from None
        raise
    if "error" in body:
        raise _error(exchange, mapping(body["error"]))
    if exchange.status >= 300:
        raise UnexpectedAnswer(f"Facebook answered {exchange.status} without an error", "It is asked again by itself")
    return body


def is_gone(error: Mapping[str, Any]) -> bool:
    """Whether Graph says that the object is not there (or, it adds, that this token may not see it)."""
    code, subcode = count(error.get("code")), count(error.get("error_subcode"))
    return (code, subcode) in NOT_THERE or (code, None) in NOT_THERE


def window(exchange: Exchange) -> tuple[int, datetime] | None:
    """No calls until when, once a usage header says that the limit is reached; None while there is room."""
    waits = [wait for usage in _usages(exchange) if (wait := _wait(usage))]
    return (0, exchange.fetched_at + max(waits)) if waits else None


def _error(exchange: Exchange, error: Mapping[str, Any]) -> PlatformError:
    code, subcode = count(error.get("code")), count(error.get("error_subcode"))
    said = f"Facebook answered error {code} ({_sentence(error)})"
    if code in PASSING or error.get("is_transient") is True:
        return Transient(said, "It is asked again by itself")
    if code in THROTTLED:
        resume = window(exchange)
        return Throttled("Facebook's rate limit is used up", resume[1] if resume else exchange.fetched_at + PAUSE)
    if code == BLOCKED:
        todo = "Facebook has blocked an action as abuse: IT looks at the app's alerts; it is asked again in a day"
        return Throttled(said, exchange.fetched_at + timedelta(days=1), todo)
    if code in TOKEN or subcode == PAGE_TOKEN_NEEDED:
        todo = "IT authorises the Page again and stores the token in its Airflow connection"
        if subcode == PAGE_TOKEN_NEEDED:
            todo = "IT authorises the Page again with a Page token and stores it in its Airflow connection"
        return TokenDead(said, todo)
    if code in PERMISSION or subcode in UNSUPPORTED:
        return NotPermitted(said, "IT asks for the permission that the message names, in the app's review")
    if is_gone(error):
        return Unavailable(said, Gone.UNKNOWN, "Check in Facebook whether it still exists and the token may see it")
    if exchange.status >= 500:
        return Transient(said, "It is asked again by itself")
    return Terminal(said, "This is a fault of hallpass: report it with the landed answer")


def _usages(exchange: Exchange) -> Iterator[Mapping[str, Any]]:
    """Each usage that the headers hold: of the business use case, the app, the Page."""
    for name in ("x-business-use-case-usage", "x-app-usage", "x-page-usage"):
        try:
            value = mapping(json.loads(exchange.headers.get(name, "{}")))
        except (ValueError, RecursionError):
            continue
        yield value
        for usages in value.values():
            yield from objects(usages)


def _wait(usage: Mapping[str, Any]) -> timedelta | None:
    minutes = count(usage.get("estimated_time_to_regain_access"))
    if minutes:
        return timedelta(minutes=min(minutes, 60 * 24))
    shares = (count(usage.get(name)) or 0 for name in ("call_count", "total_cputime", "total_time"))
    return HOUR if any(share >= 100 for share in shares) else None


def _sentence(error: Mapping[str, Any]) -> str:
    said = " ".join((text(error.get("message")) or "no reason given").split()).rstrip(".")
    return said[:300]
