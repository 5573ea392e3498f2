"""What X's refusals mean: status codes and problem types, as our errors and our ways of being gone.

Sources: https://docs.x.com/x-api/fundamentals/response-codes-and-errors and the Problem schemas of X's OpenAPI.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.budget import next_month
from connectors.transport import Exchange
from connectors.values import json_object, objects, text
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

WINDOW = timedelta(minutes=15)

_GONE = {
    "resource-not-found": Gone.DELETED,
    "not-authorized-for-resource": Gone.PRIVATE,
    "resource-unavailable": Gone.FORBIDDEN,
    "disallowed-resource": Gone.FORBIDDEN,
}
_ABOUT_THE_CLIENT = frozenset(("client-forbidden", "unsupported-authentication", "oauth1-permissions"))


def problem_type(problem: Mapping[str, Any]) -> str:
    """The last part of a problem's type, the same in both dialects: ``resource-not-found``."""
    return (text(problem.get("type")) or "").rpartition("/")[2]


def gone(problem: Mapping[str, Any]) -> Gone | None:
    """How the object that ``problem`` names is gone; None where the problem is about something else.

    X calls a suspended user "not found" too; only the sentence says so.
    """
    found = _GONE.get(problem_type(problem))
    return Gone.SUSPENDED if found and "suspended" in _sentence(problem).lower() else found


def judge(exchange: Exchange) -> dict[str, Any]:
    """The body of a good answer.

    Raises
    ------
    UnexpectedAnswer, Transient, Throttled, TokenDead, NotPermitted, Unavailable, Terminal
    """
    if exchange.status == 429:
        raise _throttled(exchange)
    if exchange.status >= 500:
        raise Transient(f"X answered {exchange.status}", "It is asked again by itself")
    if exchange.status >= 400:
        raise _refused(exchange)
    body = json_object(exchange.body, exchange.path)
    if exchange.status >= 300 or not any(key in body for key in ("data", "errors", "meta")):
        raise UnexpectedAnswer(f"X's answer to {exchange.path} has no data", "It is asked again by itself")
    return body


def unavailable(body: Mapping[str, Any], who: str) -> PlatformError | None:
    """The error that an answer about one account amounts to, if it holds only a problem."""
    problem = next(iter(objects(body.get("errors"))), None)
    if body.get("data") is not None or problem is None:
        return None
    how = gone(problem)
    if how is None:
        return UnexpectedAnswer(f"X shows nothing of {who} ({_sentence(problem)})", "It is asked again by itself")
    return Unavailable(f"X does not show {who} ({how}: {_sentence(problem)})", how, _WHAT_TO_DO[how])


def window(exchange: Exchange) -> tuple[int, datetime] | None:
    """How many calls remain, and until when on our clock."""
    remaining, until = _number(exchange, "x-rate-limit-remaining"), _reset(exchange)
    return (remaining, until) if remaining is not None and until else None


_WHAT_TO_DO = {
    Gone.SUSPENDED: "Ask the owner to appeal to X, or deactivate the account in the registry",
    Gone.PRIVATE: "Ask the owner to make the account public, or deactivate it in the registry",
    Gone.DELETED: "Ask the owner whether the account was closed, then deactivate it in the registry",
    Gone.FORBIDDEN: "Ask the owner whether X has restricted the account",
}


def _refused(exchange: Exchange) -> PlatformError:
    problem = _problem(exchange)
    kind, said = problem_type(problem), f"X answered {exchange.status} ({_sentence(problem)})"
    how = gone(problem)
    if exchange.status == 401:
        return TokenDead(said, "IT puts a valid bearer token into the Airflow connection of this account")
    if exchange.status == 402:
        return Throttled(
            said,
            exchange.fetched_at + timedelta(days=1),
            "IT buys credits at console.x.com; it is asked again in a day",
        )
    if kind == "usage-capped":
        return _capped(exchange, problem)
    if how:
        return Unavailable(said, how, _WHAT_TO_DO[how])
    if exchange.status == 403 or kind in _ABOUT_THE_CLIENT:
        return NotPermitted(said, "IT gives the developer app access to this endpoint at console.x.com")
    if exchange.status == 404:
        return Unavailable(said, Gone.UNKNOWN, "Check the account's id in the registry")
    return Terminal(said, "This is a fault of hallpass: report it with the landed answer")


def _throttled(exchange: Exchange) -> Throttled:
    problem = _problem(exchange)
    if problem_type(problem) == "usage-capped":
        return _capped(exchange, problem)
    return Throttled("X's rate limit is used up", _reset(exchange) or exchange.fetched_at + WINDOW)


def _capped(exchange: Exchange, problem: Mapping[str, Any]) -> Throttled:
    daily = problem.get("period") == "Daily"
    resume = exchange.fetched_at + timedelta(days=1) if daily else next_month(exchange.fetched_at)
    return Throttled(f"X's usage cap is reached ({_sentence(problem)})", resume)


def _reset(exchange: Exchange) -> datetime | None:
    """When the window opens again on our clock: the header is in X's time, so it is read against X's own Date."""
    reset = _number(exchange, "x-rate-limit-reset")
    if reset is None:
        return None
    try:
        theirs = parsedate_to_datetime(exchange.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        theirs = exchange.fetched_at.timestamp()
    ahead = reset - theirs
    return (exchange.fetched_at + timedelta(seconds=ahead)).astimezone(UTC) if 0 < ahead < 86_400 else None


def _number(exchange: Exchange, header: str) -> int | None:
    value = exchange.headers.get(header, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _problem(exchange: Exchange) -> Mapping[str, Any]:
    """The problem of an error answer: the body itself, or the first typed one of its ``errors``."""
    try:
        body = json_object(exchange.body, exchange.path)
    except UnexpectedAnswer:
        return {}
    inner = objects(body.get("errors"))
    return next((p for p in [body, *inner] if problem_type(p)), inner[0] if inner and "title" not in body else body)


def _sentence(problem: Mapping[str, Any]) -> str:
    said = text(problem.get("detail")) or text(problem.get("message")) or text(problem.get("title"))
    return " ".join((said or "no reason given").split()).rstrip(".")[:200]
