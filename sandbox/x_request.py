"""Reading and checking what a client asks of the X API, and the refusals that X would send.

Error bodies are from documentation (https://docs.x.com/x-api/fundamentals/response-codes-and-errors): no recording
of them is at hand.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.x_dialect import Dialect

_ID = re.compile(r"[0-9]{1,19}")
_USERNAME = re.compile(r"[A-Za-z0-9_]{1,15}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")


class Refusal(Exception):
    """An answer other than 200: its status and body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.body = body
        super().__init__(body.get("detail", body.get("title", "")))


def plain_problem(status: int, title: str, detail: str | None = None) -> dict[str, Any]:
    """A problem that says no more than its status."""
    return {"title": title, "detail": detail or title, "type": "about:blank", "status": status}


@dataclass(frozen=True, slots=True)
class Range:
    """The window of a page size and what it is by default."""

    least: int
    most: int
    default: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fields and expansions an answer shall have, under our names."""

    post: frozenset[str]
    user: frozenset[str]
    media: frozenset[str]
    expansions: frozenset[str]


class Query:
    """The query of one request, with our names for its parameters.

    Raises
    ------
    Refusal : 400 from the constructor where a parameter is not among ``allowed``, and from every method where a value
        is not as X's OpenAPI says.
    """

    def __init__(self, parameters: Mapping[str, str], allowed: frozenset[str], dialect: Dialect) -> None:
        self.dialect = dialect
        self._sent = {dialect.understood(name): value for name, value in parameters.items()}
        for name in self._sent:
            if name not in allowed:
                known = ",".join(sorted(dialect.out(known) for known in allowed))
                raise self.refusal(name, self._sent[name], f"The query parameter [{name}] is not one of [{known}]")

    def refusal(self, name: str, value: str, message: str) -> Refusal:
        """400, saying what is wrong with one parameter."""
        shown = self.dialect.out(name)
        body: dict[str, Any] = {"title": "Invalid Request", "type": self.dialect.problem("invalid-request")}
        if self.dialect.name == "post":
            return Refusal(400, body | {"detail": message, "parameter": shown, "value": value, "status": 400})
        body["detail"] = "One or more parameters to your request was invalid."
        return Refusal(400, {"errors": [{"parameters": {shown: [value]}, "message": message}]} | body)

    def text(self, name: str, longest: int) -> str:
        """A text that must be there, of at most ``longest`` characters."""
        value = self._sent.get(name, "")
        if not value.strip():
            raise self.refusal(name, value, f"The `{name}` query parameter can not be empty")
        if len(value) > longest:
            message = f"Invalid '{name}':'{value}'. '{name}' must be {longest} characters or fewer, it is {len(value)}"
            raise self.refusal(name, value, message)
        return value

    def listed(self, name: str) -> list[str]:
        """1 to 100 ids or user names."""
        values = self.text(name, 4096).split(",")
        if len(values) > 100:
            message = (
                f"The number of values in the `{name}` query parameter list [{len(values)}] is not between 1 and 100"
            )
            raise self.refusal(name, ",".join(values), message)
        return [self.named(name, value) for value in values]

    def named(self, name: str, value: str) -> str:
        """An id, or a user name where ``name`` says so, that is well formed."""
        pattern = _USERNAME if name.startswith("username") else _ID
        if not pattern.fullmatch(value):
            message = f"The `{name}` query parameter value [{value}] does not match ^{pattern.pattern}$"
            raise self.refusal(name, value, message)
        return value

    def size(self, allowed: Range) -> int:
        """The page size."""
        value = self._sent.get("max_results", str(allowed.default))
        if not value.isdecimal() or not allowed.least <= int(value) <= allowed.most:
            message = (
                f"The `max_results` query parameter value [{value}] is not between {allowed.least} and {allowed.most}"
            )
            raise self.refusal("max_results", value, message)
        return int(value)

    def time(self, name: str) -> datetime | None:
        """A moment in X's form, if it was given."""
        value = self._sent.get(name)
        if value is None:
            return None
        if not _TIME.fullmatch(value):
            message = f"The `{name}` query parameter value [{value}] is not a valid RFC3339 date-time"
            raise self.refusal(name, value, message)
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            raise self.refusal(name, value, f"The `{name}` query parameter value [{value}] is no date") from None

    def id(self, name: str) -> int | None:
        """A post's id, if it was given."""
        value = self._sent.get(name)
        return None if value is None else int(self.named(name, value))

    def excluded(self) -> frozenset[str]:
        """The kinds that a timeline leaves out, under our names: ``reply`` and ``repost``."""
        kinds = {"replies": "reply", "retweets": "repost"}
        values = [value for value in self._sent.get("exclude", "").split(",") if value]
        for value in values:
            if value not in kinds:
                raise self.refusal("exclude", value, f"The `exclude` query parameter value [{value}] is not valid")
        return frozenset(kinds[value] for value in values)

    def wanted(self, expansions: frozenset[str]) -> Wanted:
        """Fields and expansions, defaults included; an expansion brings its own field."""
        asked = self._choices("expansions", expansions)
        post = {"id", "text", "edit_history_tweet_ids", *self._choices("tweet.fields")}
        post |= {_FIELD_OF[name] for name in asked if name in _FIELD_OF}
        user = {"id", "name", "username", *self._choices("user.fields")}
        user |= {name for name in asked if name in ("most_recent_tweet_id", "pinned_tweet_id")}
        media = {"media_key", "type", *self._choices("media.fields")}
        return Wanted(frozenset(post), frozenset(user), frozenset(media), frozenset(asked))

    def _choices(self, name: str, known: frozenset[str] | None = None) -> list[str]:
        values = [value for value in self._sent.get(name, "").split(",") if value]
        read = self.dialect.understood if known is None else self.dialect.expansion
        allowed = self.dialect.fields(name) if known is None else known
        for value in values:
            if read(value) not in allowed:
                shown = self.dialect.out(name)
                message = f"The `{shown}` query parameter value [{value}] is not one of [{','.join(sorted(allowed))}]"
                raise self.refusal(name, value, message)
        return [read(value) for value in values]

    def position(self, route: str) -> int:
        """Where the page begins that a token of ours asks for; 0 without one."""
        name = "next_token" if "next_token" in self._sent else "pagination_token"
        value = self._sent.get(name)
        if value is None:
            return 0
        position = read_token(route, value)
        if position is None:
            raise self.refusal(name, value, f"Invalid '{name}':'{value}'")
        return position


_FIELD_OF = {
    "author_id": "author_id",
    "attachments.media_keys": "attachments",
    "edit_history_tweet_ids": "edit_history_tweet_ids",
    "entities.mentions.username": "entities",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "referenced_tweets.id": "referenced_tweets",
    "referenced_tweets.id.author_id": "referenced_tweets",
    "referenced_tweets.id.attachments.media_keys": "referenced_tweets",
}


def write_token(route: str, position: int) -> str:
    """An opaque token for the page of ``route`` that begins at ``position``; 24 characters of base 32."""
    return base64.b32hexencode(_seal(route) + position.to_bytes(8, "big")).decode()


def read_token(route: str, token: str) -> int | None:
    """The position in a token that :func:`write_token` made for the same route, else None."""
    try:
        raw = base64.b32hexdecode(token.encode())
    except ValueError:
        return None
    return int.from_bytes(raw[7:], "big") if len(raw) == 15 and raw[:7] == _seal(route) else None


def _seal(route: str) -> bytes:
    return hashlib.blake2s(route.encode(), digest_size=7).digest()
