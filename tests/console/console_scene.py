"""A browser in a test: it keeps cookies, sends forms with the token that their pages carry, and reads words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from console.visit import form_token
from registry.users import Role, UserDraft

PASSWORD = "correct horse battery staple"
USERS = [UserDraft(role.value, f"{role.label} One", frozenset({role}), f"{role.value}@alder.example") for role in Role]

Visitor = Callable[..., "Client"]


class Client(TestClient):
    """Never follows a redirect by itself, so that a test sees what each answer says."""

    __test__ = False

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app, "http://127.0.0.1:8100", raise_server_exceptions=False, follow_redirects=False)
        self.headers["origin"] = "http://127.0.0.1:8100"

    @property
    def token(self) -> str:
        """What a page's forms carry: bound to the session, or to the browser before there is one."""
        if not self.cookies:
            self.get("/sign-in")
        return form_token(self.cookies.get("hallpass_session") or self.cookies["hallpass_browser"])

    def submit(self, path: str, files: Any = None, **fields: Any) -> Response:
        """Send a form of one of our pages."""
        return self.post(path, data={"csrf": self.token, **fields}, files=files)

    def follow(self, answer: Response) -> Response:
        """The page that a redirect leads to."""
        assert answer.status_code == 303, words(answer)
        return self.get(answer.headers["location"])


class TestClock:
    """A clock that a test moves."""

    __test__ = False

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)


def words(answer: Response) -> str:
    """What somebody reads on the page, in one line."""
    body = re.sub(r"(?s)<head>.*?</head>|<(nav|header class=.top).*?</(nav|header)>", " ", answer.text)
    return " ".join(unescape(re.sub(r"(?s)<[^>]+>", " ", body)).split())
