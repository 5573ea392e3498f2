"""Whatever anybody sends to any route, by any role: the console answers with a page of its own."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from console_scene import Client
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.app import create_app
from console.context import Console
from console.visit import SESSION
from registry.users import Role

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "console" / "templates"
FIELDS = sorted(
    {name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'name="(\w+)"', path.read_text())}
    | {"q", "platform", "page", "login", "role", "version", "ends", "why", "next", "person", "week"}
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "0", "-1", "9" * 30, "2026-02-30", "2026-W53", "\x00", "../../etc/passwd", "<script>", "%00"]),
)
FORMS = st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=8)


def test_no_route_falls_over_whatever_is_sent(console: Console) -> None:
    app = create_app(console)
    routes = [(m, r.path) for r in app.routes if isinstance(r, APIRoute) for m in sorted(r.methods)]
    with Client(app) as client:

        @settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.sampled_from(routes), st.sampled_from(list(Role)), FORMS, TEXTS)
        def holds(route: tuple[str, str], role: Role, form: dict[str, str], part: str) -> None:
            method, path = route
            become(console, client, role)
            address = re.sub(r"\{\w+(:\w+)?\}", lambda _: quote(part, safe="") or "-", path)
            answer = client.get(address, params=form) if method == "GET" else client.submit(address, **form)
            assert answer.status_code < 500 or answer.status_code == 503, (method, address, form, answer.status_code)

        holds()


def become(console: Console, client: Client, role: Role) -> None:
    user = console.registry.users.named(role)
    if user is not None and user.active:
        token = console.registry.sessions.sign_in_by_provider(user, "test", "127.0.0.1", console.clock())
        client.cookies.clear()
        client.cookies.set(f"hallpass_{SESSION}", token)
