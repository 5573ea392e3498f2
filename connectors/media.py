"""Fetching the bytes of a picture or video. They are stored, never opened here."""

from __future__ import annotations

import hashlib
import time
from urllib.parse import urlsplit

import requests

from connectors.retry import Sleep, retrying
from connectors.transport import MEDIA_HOSTS, AnswerTooLarge, Exchange, Transport, allowed_host
from records.errors import PlatformError, Refused, Transient
from records.model import MediaFile, MediaItem

MEDIA_LIMIT = 25 * 1024 * 1024


def fetch_media(item: MediaItem, transport: Transport, sleep: Sleep = time.sleep) -> tuple[bytes | None, MediaFile]:
    """The bytes of ``item``, and what to record of the attempt; ``error`` says why there are none.

    Only the platforms' media hosts over https are asked, redirects included, and no more than 25 MB are read.
    """
    url = item.url
    if not url:
        return None, _failed(item, "the platform named no address")
    if allowed_host(url, MEDIA_HOSTS) is None:
        return None, _failed(item, "its address is not on a media host of the platforms")
    try:
        exchange = retrying(lambda: _fetched(url, transport), sleep)
    except (PlatformError, Refused) as error:
        return None, _failed(item, error.what)
    content_type = exchange.headers.get("content-type", "").partition(";")[0].strip().lower() or None
    if exchange.status != 200:
        return None, _failed(item, f"{urlsplit(exchange.url).netloc} answered {exchange.status}")
    if not exchange.body:
        return None, _failed(item, "the answer is empty")
    if content_type and not content_type.startswith(("image/", "video/", "application/octet-stream")):
        return None, _failed(item, f"the answer is {content_type[:60]}, neither picture nor video")
    sha256 = hashlib.sha256(exchange.body).hexdigest()
    return exchange.body, MediaFile(item.record_id, sha256, len(exchange.body), content_type)


def _fetched(url: str, transport: Transport) -> Exchange:
    seen: list[Exchange] = []
    with transport.session(MEDIA_HOSTS, witness=seen.append, limit=MEDIA_LIMIT) as session:
        try:
            session.get(url, headers={"Accept-Encoding": "identity"})
        except AnswerTooLarge as error:
            raise Refused(error.what) from None  # it would be as large the next time
        except requests.RequestException as error:
            raise Refused(f"its address cannot be used ({type(error).__name__})") from None
    if seen[-1].status >= 500:
        raise Transient(f"{urlsplit(url).netloc} answered {seen[-1].status}")
    return seen[-1]


def _failed(item: MediaItem, why: str) -> MediaFile:
    return MediaFile(item.record_id, None, 0, None, why)
