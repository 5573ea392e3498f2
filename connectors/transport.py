"""The one place that reaches the network: allow-listed hosts, the redirect to the sandbox, and no secret in sight.

The clients (tweepy, facebook-sdk) never hold a token: it is put on a copy of the request at the last
moment, and taken out of everything that is kept. So neither their logs, nor their exceptions, nor a
recorded address can leak it. ``urllib3`` logs the request line; a filter hides the token there.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from records.errors import PlatformError, Transient, UnexpectedAnswer

X_HOSTS = ("api.twitter.com", "api.x.com")
GRAPH_HOSTS = ("graph.facebook.com",)
MEDIA_HOSTS = ("pbs.twimg.com", "video.twimg.com", ".fbcdn.net")
"""A leading dot allows every host below it."""

ANSWER_LIMIT = 32 * 1024 * 1024
"""Bytes; the largest real answer is about 2 MB (1,000 followers with long bios)."""

KEPT_HEADERS = (
    *("content-type", "date", "retry-after"),
    *("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset", "x-transaction-id"),
    *("x-business-use-case-usage", "x-app-usage", "x-page-usage", "facebook-api-version", "x-fb-trace-id"),
)

_SECRET_PARAMETERS = frozenset(
    ("access_token", "appsecret_proof", "client_secret", "code", "input_token", "fb_exchange_token", "oauth_token")
)
_TOKEN_IN_TEXT = re.compile(rb"((?:access_token|appsecret_proof)(?:=|%3D|\"\s*:\s*\"))[^&\"\\\s]+")

_SECRET_IN_LOG = re.compile(rb"([?&](?:access_token|appsecret_proof|client_secret|code)=)[^& \"]+")

Witness = Callable[["Exchange"], None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, without secrets. ``headers`` are the chosen ones, in lower case."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime

    @property
    def path(self) -> str:
        """What was asked for, short enough for a message."""
        return urlsplit(self.url).path


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves the district's right to ask one platform. ``hosts`` are the only ones that ever see it.

    Graph takes the token in the query (``in_query``), with HMAC-SHA256 of the token under ``app_secret``
    as ``appsecret_proof`` where the app demands it
    (https://developers.facebook.com/docs/graph-api/guides/secure-requests); X takes a bearer header.
    """

    token: str = field(repr=False)
    hosts: tuple[str, ...]
    in_query: bool = False
    app_secret: str | None = field(default=None, repr=False)

    def sign(self, request: requests.PreparedRequest) -> None:
        """Put the token on ``request``, which must be a copy that nobody else sees."""
        if not self.in_query:
            request.headers["Authorization"] = f"Bearer {self.token}"
            return
        secrets = {"access_token": self.token}
        if self.app_secret:
            proof = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256)
            secrets["appsecret_proof"] = proof.hexdigest()
        request.prepare_url(request.url, urlencode(secrets))

    def hide(self, body: bytes) -> bytes:
        """``body`` with every secret in it as ``***``: Graph repeats the token in ``paging.next``."""
        if self.in_query:
            body = _TOKEN_IN_TEXT.sub(rb"\1***", body)
        for form in {self.token, quote(self.token, safe="")}:
            body = body.replace(form.encode(), b"***") if form else body
        return body


class AnswerTooLarge(UnexpectedAnswer):
    """The answer is larger than the limit; nothing of it was kept."""


class Transport:
    """Gives sessions that reach the platforms, or the sandbox in their place.

    Parameters
    ----------
    redirect : where every allowed host is sent to (``http://127.0.0.1:PORT``, with the original ``Host``);
        None uses the real hosts over https.
    clock : what stamps each exchange.
    timeout : seconds to connect and to wait for the next byte.
    patience : seconds that one whole answer may take.
    """

    def __init__(
        self, redirect: str | None, clock: Callable[[], datetime], timeout: float = 30.0, patience: float = 120.0
    ) -> None:
        self.redirect = redirect.rstrip("/") if redirect else None
        self.clock = clock
        self.timeout = timeout
        self.patience = patience
        logging.getLogger("urllib3.connectionpool").addFilter(_hide_tokens)

    def session(
        self,
        hosts: tuple[str, ...],
        credential: Credential | None = None,
        witness: Witness | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> requests.Session:
        """A session for ``hosts`` only; ``witness`` is told each exchange, redirects and errors too."""
        session = requests.Session()
        self.mount(session, hosts, credential, witness, limit)
        return session

    def mount(
        self,
        session: requests.Session,
        hosts: tuple[str, ...],
        credential: Credential | None = None,
        witness: Witness | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> None:
        """Let a client's own session reach ``hosts`` only, as :meth:`session`."""
        adapter = _Adapter(self, hosts, credential, witness, limit)
        session.mount("https://", adapter)
        session.mount("http://", adapter)

    def for_browser(self, url: str) -> str:
        """Where a person's browser finds a page of a platform: the sandbox's, which it names by its own address."""
        return f"{self.redirect}{urlsplit(url).path}" if self.redirect else url


class _Adapter(HTTPAdapter):
    def __init__(
        self,
        transport: Transport,
        hosts: tuple[str, ...],
        credential: Credential | None,
        witness: Witness | None,
        limit: int,
    ) -> None:
        super().__init__(max_retries=0)
        self._transport = transport
        self._hosts = hosts
        self._credential = credential
        self._witness = witness
        self._limit = limit

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send a signed copy of ``request``.

        Raises
        ------
        UnexpectedAnswer : for a host that is not allowed, or an address that is not https.
        Transient : where no whole answer came.
        AnswerTooLarge : where it is larger than the limit.
        """
        host = self._allowed(request.url or "")
        response = self._answer(self._signed(request, host), host, options)
        response.request, response.url = request, request.url or ""
        hidden = self._credential.hide(response.content) if self._credential else response.content
        scrubbed = hidden != response.content
        response._content = hidden
        if self._witness:
            self._witness(self._exchange(request, response, scrubbed))
        return response

    def _allowed(self, url: str) -> str:
        host = allowed_host(url, self._hosts)
        if host is None:
            raise UnexpectedAnswer(
                f"{url.partition('?')[0][:200]} is not an address that hallpass reads from",
                "If a platform has moved, add its host to connectors/transport.py",
            )
        return host

    def _signed(self, request: requests.PreparedRequest, host: str) -> requests.PreparedRequest:
        sent = request.copy()
        if self._credential and host in self._credential.hosts:
            self._credential.sign(sent)
        if self._transport.redirect:
            parts = urlsplit(sent.url or "")
            sent.url = f"{self._transport.redirect}{parts.path}?{parts.query}".rstrip("?")
            sent.headers["Host"] = host
        return sent

    def _answer(self, sent: requests.PreparedRequest, host: str, options: Mapping[str, Any]) -> requests.Response:
        """The whole answer. Errors are raised outside of ``except``: a cause would carry the signed address."""
        proxies = None if self._transport.redirect else options.get("proxies")
        verify = options.get("verify", True)
        failure: PlatformError
        try:
            response = super().send(sent, stream=True, timeout=self._transport.timeout, verify=verify, proxies=proxies)
            with response:
                response._content = self._body(response, host)
                response._content_consumed = True  # type: ignore[attr-defined]
            return response
        except PlatformError as error:
            failure = error
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            failure = _unanswered(f"{host} did not answer within {self._transport.timeout:g} s")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = _unanswered(f"{host} broke the connection ({type(error).__name__})")
        raise failure

    def _body(self, response: requests.Response, host: str) -> bytes:
        """The decoded body; :meth:`read1` hands over what has come, so that a trickle cannot outlast patience."""
        deadline = monotonic() + self._transport.patience
        body = bytearray()
        while chunk := response.raw.read1(65536, decode_content=True):
            body += chunk
            if len(body) > self._limit:
                raise AnswerTooLarge(f"{host} sent more than {self._limit} bytes", "Nothing of it is kept")
            if monotonic() > deadline:
                raise _unanswered(f"{host} was still sending after {self._transport.patience:g} s")
        return bytes(body)

    def _exchange(self, request: requests.PreparedRequest, response: requests.Response, scrubbed: bool) -> Exchange:
        headers = {k.lower(): v for k, v in response.headers.items() if k.lower() in KEPT_HEADERS}
        if self._credential:
            headers = {k: self._credential.hide(v.encode()).decode() for k, v in headers.items()}
        if scrubbed:
            headers["x-hallpass-scrubbed"] = "1"
        url = without_secrets(request.url or "")
        at = self._transport.clock()
        return Exchange(request.method or "GET", url, response.status_code, headers, response.content, at)


def allowed_host(url: str, hosts: tuple[str, ...]) -> str | None:
    """The host of ``url``, if it is one of ``hosts`` over https."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.hostname or ""
    fits = any(host == name or (name.startswith(".") and host.endswith(name)) for name in hosts)
    return host if fits and parts.scheme == "https" and parts.netloc.lower() in (host, f"{host}:443") else None


def without_secrets(url: str) -> str:
    """``url`` without the parameters that carry secrets; the others stay as they are."""
    address, _, query = url.partition("?")
    kept = [pair for pair in query.split("&") if unquote(pair.partition("=")[0]) not in _SECRET_PARAMETERS]
    return f"{address}?{'&'.join(kept)}".rstrip("?")


def _unanswered(what: str) -> Transient:
    return Transient(what, "It is asked again by itself; if this lasts, check the network")


def _hide_tokens(record: logging.LogRecord) -> bool:
    hidden = _TOKEN_IN_TEXT.sub(rb"\1***", record.getMessage().encode())
    record.msg = _SECRET_IN_LOG.sub(rb"\1***", hidden).decode()
    record.args = ()
    return True
