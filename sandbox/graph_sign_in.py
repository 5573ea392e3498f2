"""Signing in with Facebook: the Login dialog, its code, and the Pages that somebody has a role on.

Sources: https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow,
https://developers.facebook.com/docs/graph-api/reference/user/accounts. Error bodies are from public reports.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import graph_errors as errors
from sandbox.consent import TOKEN_SECONDS, BadCode, Consent
from sandbox.consent_page import asks, cannot_ask, filled_in, sends_back
from sandbox.graph_api import number, token_of
from sandbox.graph_errors import GraphError
from sandbox.state import Sandbox

SCOPES = frozenset({"public_profile", "email", "pages_show_list", "pages_read_engagement"})
ALL_TASKS = ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"]
LOOKS_ON = ["ANALYZE"]
_BAD_CODES = {
    "unknown": ("Invalid verification code format.", None),
    "used": ("This authorization code has been used.", 36009),
    "expired": ("This authorization code has expired.", 36007),
}
_PAGE_SIZE = 25


class GraphSignIn:
    """The endpoints, over one sandbox. A person manages the Pages that they answer for.

    On the district's own Page, the first one, everybody else has a role that only looks on.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._app = sandbox.apps["hallpass_facebook_sign_in"]
        self._consents = sandbox.consents["facebook"]

    def pages(self) -> list[BaseRoute]:
        """What a person sees."""
        return [Route("/{version}/dialog/oauth", self._dialog, methods=["GET", "POST"])]

    def routes(self) -> list[BaseRoute]:
        """What the app asks; to be tried before the API's other routes."""
        return [
            Route("/{version}/oauth/access_token", self._answer),
            Route("/{version}/me/accounts", self._answer),
            Route("/{version}/me/permissions", self._answer, methods=["DELETE"]),
        ]

    async def _dialog(self, request: Request) -> Response:
        asked = request.query_params
        scope = frozenset(asked.get("scope", "").replace(",", " ").split())
        if asked.get("client_id") != self._app.client_id or not self._app.registered(asked.get("redirect_uri", "")):
            return cannot_ask("Facebook", "The app is not known, or its redirect_uri is not on its list.")
        if asked.get("response_type", "code") != "code" or not asked.get("state") or not scope <= SCOPES:
            return cannot_ask("Facebook", f"Invalid Scopes: {', '.join(sorted(scope - SCOPES))}, or no state.")
        if request.method == "GET":
            return asks("Facebook", "see a list of the Pages that you manage", self._people())
        who = (await filled_in(request)).get("as")
        back, state = asked["redirect_uri"], asked["state"]
        if who not in dict(self._people()):
            said = {"error_reason": "user_denied", "error": "access_denied", "error_description": "Permissions error"}
            return sends_back(back, **said, error_code="200", state=state)
        return sends_back(back, code=self._consents.code(Consent(who, back, scope)), state=state)

    def _people(self) -> Iterator[tuple[str, str]]:
        """Whoever answers for an account, on whatever platform."""
        world = self._sandbox.world
        owners = {registration.owner_id for registration in world.registrations}
        for person in world.people:
            if person.sourced_id in owners:
                yield person.sourced_id, f"{person.given_name} {person.family_name}"

    async def _answer(self, request: Request) -> Response:
        try:
            if request.url.path.endswith("/oauth/access_token"):
                return _json(200, self._token(request.query_params))
            consent = self._consents.of(token_of(request))
            if consent is None:
                raise errors.no_token() if not token_of(request) else errors.unknown_token()
            if request.method == "DELETE":
                self._consents.revoke(token_of(request))
                return _json(200, {"success": True})
            return _json(200, self._accounts(request.query_params, consent))
        except GraphError as error:
            return _json(error.status, error.body)

    def _token(self, asked: Mapping[str, str]) -> dict[str, Any]:
        if asked.get("client_id") != self._app.client_id:
            raise GraphError(101, "Error validating application. Invalid application ID.")
        if asked.get("client_secret") != self._app.client_secret:
            raise GraphError(1, "Error validating client secret.")
        try:
            consent = self._consents.redeem(asked.get("code", ""))
        except BadCode as bad:
            message, subcode = _BAD_CODES[str(bad)]
            raise GraphError(100, message, subcode=subcode) from None
        if asked.get("redirect_uri") != consent.redirect_uri:
            message = "Error validating verification code. Please make sure your redirect_uri is identical to the one"
            raise GraphError(100, f"{message} you used in the OAuth dialog request", subcode=36008)
        token = self._consents.token(asked["code"], consent)
        return {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS}

    def _accounts(self, asked: Mapping[str, str], consent: Consent) -> dict[str, Any]:
        """``/me/accounts``, a page of it; without ``fields`` each Page's own token would come too."""
        wanted = asked.get("fields", "access_token,category,name,id,tasks").split(",")
        roles = self._roles(consent.subject) if "pages_show_list" in consent.scope else []
        at, size = number("after", asked, 0), number("limit", asked, _PAGE_SIZE)
        data = [{name: page[name] for name in {*wanted, "id"} & page.keys()} for page in roles[at : at + size]]
        paging: dict[str, Any] = {"cursors": {"before": str(at), "after": str(at + size)}}
        if at + size < len(roles):
            paging["next"] = f"https://graph.facebook.com/v26.0/me/accounts?after={at + size}"
        return {"data": data, "paging": paging} if data else {"data": []}

    def _roles(self, person: str) -> list[dict[str, Any]]:
        pages = [each for each in self._sandbox.world.registrations if each.platform == "facebook"]
        mine = [(page, ALL_TASKS if page.owner_id == person else LOOKS_ON) for page in pages]
        return [
            {"id": page.platform_id, "name": page.handle, "category": "School", "tasks": tasks, "access_token": "EAA"}
            for page, tasks in mine
            if tasks is ALL_TASKS or page is pages[0]
        ]


def _json(status: int, body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), status, media_type="application/json; charset=UTF-8")
