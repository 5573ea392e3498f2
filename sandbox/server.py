"""One process, one loopback port, many hosts: the Host header says which platform a request is for."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Host, Router
from starlette.types import ASGIApp, Scope

from sandbox.cdn import Cdn
from sandbox.control import Control, iso
from sandbox.front import CONTROL_HOSTS, Front, Reset
from sandbox.graph_api import GraphApi
from sandbox.graph_sign_in import GraphSignIn
from sandbox.state import Sandbox
from sandbox.x_api import XApi
from sandbox.x_sign_in import XSignIn

X_HOSTS = ("api.twitter.com", "api.x.com")
_LOOPBACK = "127.0.0.1"
_LAST_WORDS_SECONDS = 1
_IDLE_SECONDS = 300
"""Longer than a client pauses: a connection that closes just as it is used again looks like a fault."""


def application(sandbox: Sandbox, reset: Reset) -> ASGIApp:
    """All hosts of one sandbox as an ASGI application; see :class:`sandbox.front.Front` for ``reset``."""
    with_x, with_facebook = XSignIn(sandbox), GraphSignIn(sandbox)
    x = Router([*with_x.routes(), *XApi(sandbox).routes()])
    graph = Router([*with_facebook.routes(), *GraphApi(sandbox).routes()])
    control = Router([*Control(sandbox).routes(), *with_x.pages(), *with_facebook.pages()])
    cdn = Router(Cdn(sandbox).routes())
    hosts = dict.fromkeys(X_HOSTS, x) | dict.fromkeys(CONTROL_HOSTS, control) | {"graph.facebook.com": graph}
    hosts |= {"pbs.twimg.com": cdn, "{any}.fbcdn.net": cdn}
    return Front(Starlette(routes=[Host(host, router) for host, router in hosts.items()]), sandbox, reset)


class Server(uvicorn.Server):
    """A uvicorn server of one sandbox on an already bound loopback port.

    Parameters
    ----------
    port : 0 for any free one; :attr:`url` says which.
    """

    def __init__(self, sandbox: Sandbox, port: int = 0) -> None:
        self._socket = _listening(port)
        self.url = f"http://{_LOOPBACK}:{self._socket.getsockname()[1]}"
        super().__init__(
            uvicorn.Config(
                application(sandbox, self._reset_connection),
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_keep_alive=_IDLE_SECONDS,
                timeout_graceful_shutdown=_LAST_WORDS_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the caller: a sandbox may run in a test's thread."""
        yield

    async def answer(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until :meth:`stop`; ``ready`` is called once connections are accepted."""
        serving = asyncio.create_task(self.serve(sockets=[self._socket]))
        while not (self.started or serving.done()):
            await asyncio.sleep(0.005)
        ready()
        await serving

    def stop(self) -> None:
        """Ask it to end; requests under way have a second."""
        self.should_exit = True

    def _reset_connection(self, scope: Scope) -> None:
        """Close a request's connection so that the client gets a TCP RST (SO_LINGER of zero seconds)."""
        for connection in list(self.server_state.connections):
            transport = connection.transport
            if transport and transport.get_extra_info("peername") == tuple(scope["client"]):
                raw = transport.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                transport.abort()


def _listening(port: int) -> socket.socket:
    """A loopback socket that says it is TCP: only then asyncio switches Nagle's 40 ms off."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((_LOOPBACK, port))
    listening.listen(128)
    return listening


def serve(sandbox: Sandbox, port: int = 0) -> None:
    """Serve until standard input closes or a signal comes; one JSON line on standard output says where."""
    server = Server(sandbox, port)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for signal in (SIGINT, SIGTERM):
            loop.add_signal_handler(signal, server.stop)
        threading.Thread(target=_wait_for_end_of_input, args=(server.stop,), daemon=True).start()
        await server.answer(lambda: print(json.dumps({"url": server.url, "now": iso(sandbox.now)}), flush=True))  # noqa: T201

    asyncio.run(run())


def _wait_for_end_of_input(stop: Callable[[], None]) -> None:
    """A parent that dies, even by kill -9, closes the pipe: nothing of ours stays behind."""
    while os.read(0, 4096):
        pass
    stop()
