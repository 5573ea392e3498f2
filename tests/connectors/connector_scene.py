"""What the connectors' tests share: a moment, a token that must never be seen, an account, both platforms' answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from connectors import parse
from records.model import Account, Envelope, Platform, Record

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)
TOKEN = "AAAA-secret|token/of+the=district"
PAGE = "4000000000001"
USER = "1700000000000000001"


def account(platform: Platform) -> Account:
    return Account(
        account_id=f"account-{platform}",
        platform=platform,
        platform_id=USER if platform is Platform.X else PAGE,
        handle="westbrook_high",
        owner_id="staff-1",
        school="school-1",
        purpose="news",
        credential=f"hallpass_{platform}",
        registered_at=NOW,
        consent_verified_at=NOW,
        consent_expires_at=None,
    )


def no_sleep(_: float) -> None:
    """Waits in tests are not waited for."""


def records(kept: Iterable[Envelope], *types: type) -> list[Record]:
    """What the kept envelopes hold, of the given types, in order."""
    return [record for envelope in kept for record in parse(envelope) if not types or isinstance(record, types)]


def x_user(user_id: str = USER, handle: str = "westbrook_high", **more: Any) -> dict[str, Any]:
    return {"id": user_id, "name": handle.title(), "username": handle, **more}


def x_post(post_id: str, text: str = "Hello", author: str = USER, **more: Any) -> dict[str, Any]:
    return {
        "id": post_id,
        "text": text,
        "author_id": author,
        "conversation_id": post_id,
        "created_at": "2026-10-18T09:00:00.000Z",
        "edit_history_tweet_ids": [post_id],
        **more,
    }


def x_miss(
    post_id: str, kind: str = "resource-not-found", detail: str = "Could not find it", **more: Any
) -> dict[str, Any]:
    return {
        "type": f"https://api.twitter.com/2/problems/{kind}",
        "title": "Not Found Error",
        "detail": detail,
        "resource_type": "tweet",
        "parameter": "ids",
        "resource_id": post_id,
        "value": post_id,
        **more,
    }


def graph_error(code: int, subcode: int | None = None, message: str = "No.") -> dict[str, Any]:
    return {"error": {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}}
