"""Fetching pictures: only from the platforms' media hosts, never too much, and a failure is said, not raised."""

from __future__ import annotations

import hashlib

import pytest
from connector_scene import no_sleep
from scripted_platform import Answer, ScriptedPlatform

from connectors import Transport, fetch_media
from connectors.media import MEDIA_LIMIT
from records.model import MediaFile, MediaItem, Platform

URL = "https://pbs.twimg.com/media/a.jpg"
JPEG = b"\xff\xd8\xff\xe0 a picture"


def item(url: str | None = URL) -> MediaItem:
    return MediaItem("x:media:3_1", Platform.X, "account-x", "photo", url)


def failed(error: str) -> tuple[None, MediaFile]:
    return None, MediaFile("x:media:3_1", None, 0, None, error)


def test_the_bytes_come_with_their_digest_size_and_type(platform: ScriptedPlatform, transport: Transport) -> None:
    platform.reply(Answer(JPEG, content_type="image/jpeg; charset=binary"))
    digest = hashlib.sha256(JPEG).hexdigest()
    assert fetch_media(item(), transport) == (JPEG, MediaFile("x:media:3_1", digest, len(JPEG), "image/jpeg"))
    assert platform.asked[0].host == "pbs.twimg.com"
    assert "authorization" not in platform.asked[0].headers


@pytest.mark.parametrize("content_type", [None, "image/svg+xml", "video/mp4", "application/octet-stream"])
def test_other_types_of_pictures_and_videos_and_no_type_are_taken(
    platform: ScriptedPlatform, transport: Transport, content_type: str | None
) -> None:
    platform.reply(Answer(JPEG, content_type=content_type))
    content, file = fetch_media(item(), transport)
    assert (content, file.content_type) == (JPEG, content_type)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(b"", 404), "pbs.twimg.com answered 404"),
        (Answer(b"", 403), "pbs.twimg.com answered 403"),
        (Answer(b"", 304), "pbs.twimg.com answered 304"),
        (Answer(b""), "the answer is empty"),
        (Answer(b"<html>", content_type="text/html"), "the answer is text/html, neither picture nor video"),
        (Answer({}, 302, {"Location": "https://evil.example/a"}), "https://evil.example/a is not an address that"),
        (Answer({}, 302, {"Location": "ftp://evil.example/a"}), "its address cannot be used (InvalidSchema)"),
        (Answer({}, 302, {"Location": URL}), "its address cannot be used (TooManyRedirects)"),
    ],
)
def test_an_answer_that_is_no_picture_says_so(
    platform: ScriptedPlatform, transport: Transport, answer: Answer, error: str
) -> None:
    platform.reply(answer)
    content, file = fetch_media(item(), transport, no_sleep)
    assert content is None
    assert (file.sha256, file.size) == (None, 0)
    assert (file.error or "").startswith(error)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.jpg",
        "http://pbs.twimg.com/a.jpg",
        "file:///etc/passwd",
        "https://[",
        "",
        "//pbs.twimg.com",
    ],
)
def test_an_address_elsewhere_is_never_asked(platform: ScriptedPlatform, transport: Transport, url: str) -> None:
    expected = "its address is not on a media host of the platforms" if url else "the platform named no address"
    assert fetch_media(item(url), transport) == failed(expected)
    assert platform.asked == []


def test_an_item_without_an_address_says_so(transport: Transport) -> None:
    assert fetch_media(item(None), transport) == failed("the platform named no address")


def test_a_redirect_between_media_hosts_is_followed(platform: ScriptedPlatform, transport: Transport) -> None:
    platform.reply(
        Answer({}, 302, {"Location": "https://scontent.xx.fbcdn.net/b"}), Answer(JPEG, content_type="image/png")
    )
    assert fetch_media(item(), transport)[0] == JPEG
    assert [asked.host for asked in platform.asked] == ["pbs.twimg.com", "scontent.xx.fbcdn.net"]


def test_no_more_than_the_limit_is_read_and_it_is_not_tried_again(
    platform: ScriptedPlatform, transport: Transport
) -> None:
    platform.reply(Answer(b"0" * (MEDIA_LIMIT + 1), content_type="image/png"))
    assert fetch_media(item(), transport) == failed("pbs.twimg.com sent more than 26214400 bytes")
    assert len(platform.asked) == 1


def test_a_passing_fault_is_outlasted_and_a_lasting_one_said(platform: ScriptedPlatform, transport: Transport) -> None:
    platform.reply(Answer(b"", 503), Answer(reset=True), Answer(JPEG, content_type="image/png"))
    assert fetch_media(item(), transport, no_sleep)[0] == JPEG
    platform.reply(Answer(b"", 503))
    assert fetch_media(item(), transport, no_sleep) == failed("pbs.twimg.com answered 503")
