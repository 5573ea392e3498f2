"""The way out: which hosts, what is kept, and that the token is in nothing that is kept."""

from __future__ import annotations

import gzip
import hmac
import logging

import pytest
import requests
from connector_scene import NOW, TOKEN
from scripted_platform import Answer, Asked, ScriptedPlatform

from connectors.transport import GRAPH_HOSTS, MEDIA_HOSTS, X_HOSTS, AnswerTooLarge, Credential, Exchange, Transport
from records.errors import Transient, UnexpectedAnswer


@pytest.fixture
def seen() -> list[Exchange]:
    return []


@pytest.fixture
def x_session(transport: Transport, seen: list[Exchange]) -> requests.Session:
    return transport.session(X_HOSTS, Credential(TOKEN, X_HOSTS), seen.append)


@pytest.fixture
def graph_session(transport: Transport, seen: list[Exchange]) -> requests.Session:
    return transport.session(GRAPH_HOSTS, Credential(TOKEN, GRAPH_HOSTS, in_query=True), seen.append)


def test_every_allowed_host_is_redirected_with_its_own_name(platform: ScriptedPlatform, transport: Transport) -> None:
    platform.reply(Answer({}))
    urls = [
        "https://api.twitter.com/2/users?ids=1",
        "https://api.x.com/2/users",
        "https://graph.facebook.com/v26.0/1",
        "https://pbs.twimg.com/media/a.jpg",
        "https://scontent-bos5-1.xx.fbcdn.net/v/a.jpg?oh=1&oe=2",
    ]
    for url in urls:
        transport.session(X_HOSTS + GRAPH_HOSTS + MEDIA_HOSTS).get(url)
    assert [(asked.host, asked.path) for asked in platform.asked] == [
        ("api.twitter.com", "/2/users"),
        ("api.x.com", "/2/users"),
        ("graph.facebook.com", "/v26.0/1"),
        ("pbs.twimg.com", "/media/a.jpg"),
        ("scontent-bos5-1.xx.fbcdn.net", "/v/a.jpg"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/2/users",
        "http://api.x.com/2/users",
        "https://api.x.com.evil.example/",
        "https://evil.example@api.x.com.evil.example/",
        "https://somebody@api.x.com/",
        "https://api.x.com:8443/",
        "https://fbcdn.net/",
        "https://notfbcdn.net/a.jpg",
    ],
)
def test_other_addresses_are_refused_before_anything_is_sent(
    platform: ScriptedPlatform, transport: Transport, url: str
) -> None:
    with pytest.raises(UnexpectedAnswer, match="is not an address that hallpass reads from"):
        transport.session(X_HOSTS + MEDIA_HOSTS, Credential(TOKEN, X_HOSTS)).get(url)
    assert platform.asked == []


def test_an_answer_that_leads_to_a_foreign_host_is_kept_and_not_followed(
    platform: ScriptedPlatform, x_session: requests.Session, seen: list[Exchange]
) -> None:
    platform.reply(Answer({}, 302, {"Location": "https://evil.example/collect"}))
    with pytest.raises(UnexpectedAnswer, match=r"https://evil\.example/collect is not an address"):
        x_session.get("https://api.x.com/2/users")
    assert [exchange.status for exchange in seen] == [302]
    assert len(platform.asked) == 1


def test_x_gets_the_token_as_a_bearer_header_and_the_caller_never_holds_it(
    platform: ScriptedPlatform, x_session: requests.Session
) -> None:
    platform.reply(Answer({}))
    response = x_session.get("https://api.x.com/2/users", headers={"Authorization": "Bearer none"})
    assert platform.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert response.request.headers["Authorization"] == "Bearer none"
    assert response.url == "https://api.x.com/2/users"


def test_graph_gets_the_token_in_the_query_with_the_proof_of_the_app_secret(
    platform: ScriptedPlatform, transport: Transport
) -> None:
    platform.reply(Answer({}))
    credential = Credential("token", GRAPH_HOSTS, in_query=True, app_secret="app")
    transport.session(GRAPH_HOSTS, credential).get("https://graph.facebook.com/v26.0/1?fields=id")

    query = platform.asked[0].query
    assert (query["fields"], query["access_token"]) == ("id", "token")
    assert query["appsecret_proof"] == hmac.new(b"app", b"token", "sha256").hexdigest()


def test_an_address_that_a_redirect_gave_the_token_to_is_kept_without_it(
    platform: ScriptedPlatform, graph_session: requests.Session, seen: list[Exchange]
) -> None:
    def elsewhere(asked: Asked) -> Answer:
        token = asked.query["access_token"]
        location = f"https://graph.facebook.com/v26.0/2?fields=id&access_token={token}"
        return Answer({}, 302, {"Location": location}) if asked.path == "/v26.0/1" else Answer({})

    platform.script = elsewhere
    graph_session.get("https://graph.facebook.com/v26.0/1")
    assert [exchange.url for exchange in seen] == [
        "https://graph.facebook.com/v26.0/1",
        "https://graph.facebook.com/v26.0/2?fields=id",
    ]


def test_an_exchange_is_kept_with_its_bytes_and_chosen_headers_only(
    platform: ScriptedPlatform, x_session: requests.Session, seen: list[Exchange]
) -> None:
    body = b'{"data": [1,  2]}\n'
    headers = {"x-rate-limit-remaining": "7", "Set-Cookie": "guest=1", "Date": "Mon, 19 Oct 2026 11:00:00 GMT"}
    platform.reply(Answer(gzip.compress(body), 200, headers | {"Content-Encoding": "gzip"}))
    x_session.get("https://api.x.com/2/users?ids=1%2C2")
    kept = seen[0]
    assert (kept.method, kept.url, kept.status, kept.body, kept.fetched_at) == (
        "GET",
        "https://api.x.com/2/users?ids=1%2C2",
        200,
        body,
        NOW,
    )
    assert kept.headers["x-rate-limit-remaining"] == "7"
    assert "set-cookie" not in kept.headers


def test_the_token_is_hidden_in_the_body_and_the_envelope_says_so(
    platform: ScriptedPlatform, graph_session: requests.Session, seen: list[Exchange]
) -> None:
    def with_next(asked: Asked) -> Answer:
        following = f"https://graph.facebook.com/v26.0/1/posts?access_token={asked.query['access_token']}&after=abc"
        return Answer({"data": [{"access_token": "EAAanother"}], "paging": {"next": following}})

    platform.script = with_next
    response = graph_session.get("https://graph.facebook.com/v26.0/1/posts")
    assert response.json() == {
        "data": [{"access_token": "***"}],
        "paging": {"next": "https://graph.facebook.com/v26.0/1/posts?access_token=***&after=abc"},
    }
    assert seen[0].headers["x-hallpass-scrubbed"] == "1"
    assert seen[0].body == response.content


@pytest.mark.parametrize("fault", [Answer(reset=True), Answer({}, hang=30), Answer(b"x" * 40, trickle=0.1)])
def test_no_log_exception_or_traceback_holds_the_token(
    platform: ScriptedPlatform, caplog: pytest.LogCaptureFixture, fault: Answer
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.reply(fault)
    transport = Transport(platform.url, lambda: NOW, timeout=0.3, patience=0.5)
    session = transport.session(GRAPH_HOSTS, Credential(TOKEN, GRAPH_HOSTS, in_query=True))
    with pytest.raises(Transient) as caught:
        session.get("https://graph.facebook.com/v26.0/1")
    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    everything = caplog.text + "".join(f"{error!r}{error}" for error in chain)
    assert "graph.facebook.com" in everything
    assert chain[1:] == [None, None]
    assert_nothing_secret(everything)


def test_the_log_of_a_good_request_shows_stars_for_the_token(
    platform: ScriptedPlatform, graph_session: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.reply(Answer({}))
    graph_session.get("https://graph.facebook.com/v26.0/1?fields=id")
    assert "access_token=***" in caplog.text
    assert_nothing_secret(caplog.text)


def test_a_credential_does_not_show_itself() -> None:
    assert_nothing_secret(repr(Credential(TOKEN, X_HOSTS, app_secret=TOKEN)))


def test_an_answer_beyond_the_limit_is_cut_off(platform: ScriptedPlatform, transport: Transport) -> None:
    platform.reply(Answer(gzip.compress(b"0" * 200_000), 200, {"Content-Encoding": "gzip"}))
    with pytest.raises(AnswerTooLarge, match="sent more than 100000 bytes"):
        transport.session(X_HOSTS, limit=100_000).get("https://api.x.com/2/users")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b'{"data": []}', headers={"Content-Length": "100"}),
        Answer(b'c\r\n{"data": []}\r\n', headers={"Transfer-Encoding": "chunked", "Content-Length": ""}),
        Answer(b"not gzip", headers={"Content-Encoding": "gzip"}),
    ],
)
def test_half_an_answer_is_none(platform: ScriptedPlatform, x_session: requests.Session, answer: Answer) -> None:
    platform.reply(answer)
    with pytest.raises(Transient, match="broke the connection"):
        x_session.get("https://api.x.com/2/users")


def assert_nothing_secret(text: str) -> None:
    for part in ("AAAA-secret", "token/of", "token%2Fof"):
        assert part not in text
