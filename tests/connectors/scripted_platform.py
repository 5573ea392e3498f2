"""A real HTTP server on loopback that answers what a test tells it to, for every platform host."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """One answer. ``trickle`` sends the body byte by byte with that pause; ``reset`` breaks the connection instead."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = "application/json; charset=utf-8"
    reset: bool = False
    hang: float = 0.0
    trickle: float = 0.0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Script = Callable[[Asked], Answer]


class ScriptedPlatform:
    """``answers`` are given in their order and the last one again and again; or ``script`` decides."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.script: Script | None = None
        self.asked: list[Asked] = []
        self.stopped = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.platform = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def reply(self, *answers: Answer) -> None:
        """Answer these from now on."""
        self.answers = list(answers)

    def next_answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.script:
            return self.script(asked)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def stop(self) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def scripted_platform() -> Iterator[ScriptedPlatform]:
    """One that is stopped at the end."""
    platform = ScriptedPlatform()
    try:
        yield platform
    finally:
        platform.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    platform: ScriptedPlatform

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of some tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(headers["host"], parts.path, dict(parse_qsl(parts.query)), headers)
        answer = self.server.platform.next_answer(asked)
        self.close_connection = True
        if answer.hang:
            self.server.platform.stopped.wait(answer.hang)
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        headers = {"Content-Length": str(len(answer.content)), "Connection": "close"} | answer.headers
        if answer.content_type is not None:
            headers["Content-Type"] = answer.content_type
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not answer.trickle:
            self.wfile.write(answer.content)
            return
        for byte in answer.content:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(answer.trickle)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
