"""The page on which a made-up platform asks a person whether an app may do something.

A real one knows from its cookies who is there. Here the person says so with the button that they choose.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>
body{{font:16px/1.5 system-ui;max-width:34rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;padding:.4rem .8rem;margin:.2rem}}</style></head><body><main><h1>{title}</h1>
{body}</main></body></html>"""


def asks(platform: str, wants: str, people: Iterable[tuple[str, str]]) -> Response:
    """The question: ``wants`` is what the app may do then, ``people`` are pairs of an id and a name."""
    allow = "".join(
        f'<p><button name="as" value="{escape(who)}">Allow as {escape(name)}</button></p>' for who, name in people
    )
    body = (
        f"<p>This is the sandbox: everybody here is made up. The app could then {escape(wants)}.</p>"
        f'<form method="post"><p><button name="deny" value="1">Deny</button></p>{allow}</form>'
    )
    return HTMLResponse(_PAGE.format(title=f"hallpass asks for leave on {platform}", body=body))


def cannot_ask(platform: str, why: str) -> Response:
    """What a person sees where the app asked wrongly: it is not told so, because who it is cannot be known."""
    return HTMLResponse(_PAGE.format(title=f"Something went wrong on {platform}", body=f"<p>{escape(why)}</p>"), 400)


async def filled_in(request: Request) -> dict[str, str]:
    """A form that was sent, each field once."""
    return {name: values[0] for name, values in parse_qs((await request.body()).decode(errors="replace")).items()}


def sends_back(redirect_uri: str, **answer: str) -> Response:
    """Send the browser back to the app with the answer."""
    return RedirectResponse(f"{redirect_uri}?{urlencode(answer)}", 303)
