"""The recorded X and Graph exchanges of ../shared/fixtures as envelopes, to take the path of collected ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from records.model import Envelope

RECORDED_AT = datetime(2026, 7, 1, tzinfo=UTC)
"""The Graph recordings bear no date."""

_X_KINDS = {
    r"/2/users/\d+/tweets": "x.users_tweets",
    r"/2/users/\d+/mentions": "x.mentions",
    r"/2/users/\d+/followers": "x.followers",
    r"/2/users/\d+/following": "x.following",
    r"/2/tweets/search/\w+": "x.search",
    r"/2/tweets(/\d+)?": "x.tweets",
    r"/2/users/(me|by|by/username/\w+|\d+)": "x.users",
    r"/2/dm_.*": "x.direct_messages",
}
_GRAPH_KINDS = {
    r"groups/.*feed|posts/feed": "facebook.feed",
    r"(feed|tagged|visitor_posts)/": "facebook.feed",
    r"(\w*_)?posts/": "facebook.posts",
    r"users/user_business|business(s|es)?/": "facebook.businesses",
    r"pages/": "facebook.page",
    r"users/": "facebook.user",
    r"groups/": "facebook.group",
    r"(\w+)/": r"facebook.\1",
}
"""By folder and file; the first that fits. Bodies of ``models/`` count as those of the folder of their name."""


def x_envelopes(shared: Path) -> list[Envelope]:
    """Every recorded GET of the X API v2."""
    recorded = json.loads((shared / "fixtures/x-recordings/v2_interactions.json").read_text())
    return [_x_envelope(exchange) for exchange in recorded if exchange["method"] == "GET"]


def graph_envelopes(shared: Path) -> list[Envelope]:
    """Every recorded Graph body, its kind taken from its folder."""
    root = shared / "fixtures/graph-recordings/facebook"
    return [_graph_envelope(root, path) for path in sorted(root.rglob("*.json"))]


def recorded_envelopes(shared: Path) -> Iterator[Envelope]:
    """All of them."""
    yield from x_envelopes(shared)
    yield from graph_envelopes(shared)


def _x_envelope(exchange: dict[str, Any]) -> Envelope:
    body = exchange["body"]
    path = urlsplit(exchange["uri"]).path
    return Envelope(
        kind=next((kind for pattern, kind in _X_KINDS.items() if re.fullmatch(pattern, path)), "x.other"),
        body=body.encode() if isinstance(body, str) else json.dumps(body).encode(),
        fetched_at=parsedate_to_datetime(exchange["date"].replace("UTC", "GMT")).astimezone(UTC),
        account_id="recorded",
        url=exchange["uri"],
        status=exchange["status"],
        headers=exchange["rate"],
    )


def _graph_envelope(root: Path, path: Path) -> Envelope:
    name = path.relative_to(root).as_posix().removeprefix("apidata/")
    filed = re.sub(r"^models/(\w+)\.json$", r"\1s/\1.json", name)
    fits = ((re.match(pattern, filed), kind) for pattern, kind in _GRAPH_KINDS.items())
    return Envelope(
        kind=next(match.expand(kind) for match, kind in fits if match),
        body=path.read_bytes(),
        fetched_at=RECORDED_AT,
        account_id="recorded",
        url=f"https://graph.facebook.com/v26.0/recorded/{name.removesuffix('.json')}",
    )
