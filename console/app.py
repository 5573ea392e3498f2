"""The console as an application: its rooms, what each answer carries, and what happens when something goes wrong."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.trustedhost import TrustedHostMiddleware

from console import failures
from console.context import Console
from console.gate import Room
from console.menu import page_rules, rule_of
from console.routes import ROOMS
from console.security.headers import Headers
from console.texts.speaking import Speaking

LOOPBACK = ["127.0.0.1", "localhost"]


def create_app(console: Console, rooms: tuple[Room, ...] = ROOMS) -> FastAPI:
    """The application over one district.

    Raises
    ------
    RuntimeError : a route states no rule.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.console, app.state.rooms = console, rooms
    for room in rooms:
        app.include_router(room)
    require_rules(app)
    app.state.page_rules = page_rules(app)
    failures.install(app)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, urlsplit(console.url).hostname or ""])
    app.add_middleware(Speaking)
    app.add_middleware(Headers, secure=console.secure)
    return app


def require_rules(app: FastAPI) -> None:
    """Refuse an application with a route that anybody could use because nobody thought of it."""
    without = [getattr(route, "path", str(route)) for route in app.routes if not _ruled(route)]
    if without:
        raise RuntimeError(f"routes without a rule: {', '.join(without)}; declare them with Room.page or Room.action")


def _ruled(route: object) -> bool:
    return isinstance(route, APIRoute) and rule_of(route) is not None
