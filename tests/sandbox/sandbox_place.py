"""A sandbox that serves in a thread, and requests sessions that take the platforms' real URLs there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import facebook
import requests
import tweepy
from requests.adapters import HTTPAdapter

from sandbox.clock import FIRST_DEMO
from sandbox.server import Server
from sandbox.state import Sandbox
from sandbox.world import Moment


class Redirect(HTTPAdapter):
    """Sends every request to one loopback server with its own host in the Host header."""

    def __init__(self, url: str) -> None:
        self._url = url
        super().__init__()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        asked = urlsplit(request.url or "")
        request.headers["Host"] = asked.netloc
        request.url = f"{self._url}{asked.path}" + (f"?{asked.query}" if asked.query else "")
        return super().send(request, **options)


@dataclass(frozen=True)
class Place:
    """A running sandbox and ways into it."""

    sandbox: Sandbox
    url: str

    @property
    def moment(self) -> Moment:
        return self.sandbox.moment

    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", Redirect(self.url))
        return session

    def tweepy(self, **options: Any) -> tweepy.Client:
        client = tweepy.Client(self.sandbox.credentials["hallpass_x"], **options)
        client.session.mount("https://api.twitter.com", Redirect(self.url))
        return client

    def graph(self, credential: str) -> facebook.GraphAPI:
        graph = facebook.GraphAPI(self.sandbox.credentials[credential], session=self.session(), timeout=10)
        graph.version = "v26.0"
        return graph

    def x(self, path: str, **query: Any) -> requests.Response:
        """A plain request to X."""
        headers = {"Authorization": f"Bearer {self.sandbox.credentials['hallpass_x']}"}
        return self.session().get(f"https://api.twitter.com{path}", params=query, headers=headers, timeout=10)

    def control(self, method: str, path: str, **options: Any) -> requests.Response:
        return requests.request(method, f"{self.url}/control/{path}", timeout=10, **options)

    def fresh(self) -> Place:
        """As it was at its start."""
        self.sandbox.set_clock(FIRST_DEMO)
        self.sandbox.faults.lift()
        self.sandbox.limits.clear()
        self.sandbox.log.served.clear()
        return self


@contextmanager
def served(dialect: str) -> Iterator[Place]:
    sandbox = Sandbox(FIRST_DEMO, dialect, search_all_per_second=100)
    server = Server(sandbox)
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(server.answer(ready.set)))
    thread.start()
    assert ready.wait(10)
    yield Place(sandbox, server.url)
    server.stop()
    thread.join(10)
    assert not thread.is_alive()
