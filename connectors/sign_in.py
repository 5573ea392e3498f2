"""Which accounts somebody holds on a platform: they sign in there, and the platform says so.

X: OAuth 2.0's authorisation code with PKCE (https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token).
Facebook: the Login dialog, then the Pages that the person has a role on
(https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow,
https://developers.facebook.com/docs/graph-api/reference/user/accounts).

The least is asked for, and a token lives for one call of ``held``: it is given back before that returns, and stands in
no log, error or file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from connectors.budget import Budget
from connectors.facebook import problems as facebook_problems
from connectors.facebook.collect import VERSION
from connectors.transport import GRAPH_HOSTS, X_HOSTS, Credential, Exchange, Transport
from connectors.values import count, identifier, json_object, mapping, objects, text
from connectors.x import problems as x_problems
from records.errors import HallpassError, PlatformError, Refused, TokenDead, Transient, UnexpectedAnswer
from records.model import Platform

X_API, GRAPH = "https://api.x.com/2", f"https://graph.facebook.com/{VERSION}"
FULL_CONTROL = frozenset(("MANAGE", "PROFILE_PLUS_MANAGE", "PROFILE_PLUS_FULL_CONTROL"))
"""The tasks of whoever can change what a Page says of itself; a role that only posts or looks on proves nothing."""

PAGES_OF_PAGES, PAGE_SIZE = 20, 100
WRONG_CLIENT = (1, 101)
"""Graph's codes for a secret and for an app that it does not know, at this endpoint."""


@dataclass(frozen=True, slots=True)
class App:
    """How a platform knows hallpass; ``connection`` is where that is kept."""

    connection: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """The numbers of the accounts that somebody holds; ``given_back`` is whether the platform ended our leave."""

    ids: frozenset[str]
    given_back: bool


class PlatformSignIn(ABC):
    """One platform's way: the browser is sent to :meth:`address`, and what it brings back is asked about.

    ``budget`` is asked for anew each time: the district may have set another limit since.
    """

    platform: Platform
    name: str

    def __init__(self, app: App, transport: Transport, budget: Callable[[], Budget]) -> None:
        self.app = app
        self.transport = transport
        self.budget = budget

    @abstractmethod
    def address(self, state: str, verifier: str, back: str) -> str:
        """Where the platform asks the person, and from where it sends the browser to ``back``."""

    def held(self, code: str, verifier: str, back: str) -> Held:
        """The accounts of whoever came back with ``code``.

        Raises
        ------
        Refused : the platform does not take the code.
        TokenDead : it does not know hallpass's client id and secret.
        PlatformError : it does not say whose accounts they are, or does not answer.
        """
        token = self._token(code, verifier, back)
        ids: frozenset[str] = frozenset()
        failure: HallpassError | None = None
        try:
            ids = frozenset(self._ids(token))
        except HallpassError as error:
            failure = error
        given_back = False
        with suppress(HallpassError, requests.RequestException):
            given_back = self._give_back(token)
        if failure:
            raise failure
        return Held(ids, given_back)

    @abstractmethod
    def _redeemed(self, session: OAuth2Session, code: str, verifier: str) -> Mapping[str, Any]: ...

    @abstractmethod
    def _ids(self, token: str) -> Iterator[str]: ...

    @abstractmethod
    def _give_back(self, token: str) -> bool: ...

    def _client(self, back: str, witness: Callable[[Exchange], None] | None = None, **options: str) -> OAuth2Session:
        """Authlib's client of this app; it reaches the platform's own hosts only."""
        session = OAuth2Session(self.app.client_id, self.app.client_secret, redirect_uri=back, **options)
        self.transport.mount(session, (*X_HOSTS, *GRAPH_HOSTS), witness=witness)
        return session

    def _token(self, code: str, verifier: str, back: str) -> str:
        """The access token. Errors are raised outside of ``except``: a cause would carry the code or the secret."""
        seen: list[Exchange] = []
        failure: HallpassError
        try:
            with self._client(back, seen.append) as session:
                token = self._redeemed(session, code, verifier).get("access_token")
            if isinstance(token, str) and token:
                return token
            failure = UnexpectedAnswer(f"{self.name} gave no token for the sign-in", "Begin again")
        except PlatformError as error:
            failure = error
        except (AuthlibBaseError, requests.RequestException, ValueError, TypeError):
            failure = self._refusal(seen[-1] if seen else None)
        raise failure

    def _refusal(self, answer: Exchange | None) -> HallpassError:
        """What it means that the platform gave no token."""
        if answer is None or answer.status >= 500:
            return Transient(f"{self.name} is out of order ({answer.status if answer else 'no answer'})", "Begin again")
        if answer.status == 401 or _graph_code(answer) in WRONG_CLIENT:
            todo = f"IT corrects the client id and secret in the Airflow connection {self.app.connection}"
            return TokenDead(f"{self.name} does not know hallpass", todo)
        if answer.status == 200:
            return UnexpectedAnswer(f"{self.name} answered with something that is no token", "Begin again")
        return Refused(f"{self.name} does not take this sign-in any more ({answer.status})", "Begin again")

    def _asked(
        self, credential: Credential, method: str, url: str, judge: Callable[[Exchange], dict[str, Any]], **query: str
    ) -> dict[str, Any]:
        """The body of a good answer; ``judge`` raises for the others."""
        seen: list[Exchange] = []
        with self.transport.session(credential.hosts, credential, seen.append) as session:
            session.request(method, url, params=query, allow_redirects=False)
        return judge(seen[-1])


class XSignIn(PlatformSignIn):
    """X names the one account that is signed in there."""

    platform, name = Platform.X, "X"
    scope = "users.read tweet.read"
    """``/2/users/me`` asks for both; nothing can be written with them."""

    def address(self, state: str, verifier: str, back: str) -> str:
        """See :class:`PlatformSignIn`."""
        session = self._client(back, scope=self.scope, code_challenge_method="S256")
        page = self.transport.for_browser("https://x.com/i/oauth2/authorize")
        return str(session.create_authorization_url(page, state=state, code_verifier=verifier)[0])

    def _redeemed(self, session: OAuth2Session, code: str, verifier: str) -> Mapping[str, Any]:
        return mapping(session.fetch_token(f"{X_API}/oauth2/token", code=code, code_verifier=verifier))

    def _ids(self, token: str) -> Iterator[str]:
        reservation = self.budget().reserve(self.app.connection, "x.users")
        body = self._asked(Credential(token, X_HOSTS), "GET", f"{X_API}/users/me", x_problems.judge)
        reservation.settle(1)
        found = identifier(mapping(body.get("data")).get("id"))
        if not found:
            raise UnexpectedAnswer("X did not say which account is signed in", "Begin again")
        yield found

    def _give_back(self, token: str) -> bool:
        with self._client("") as session:
            answer = session.revoke_token(f"{X_API}/oauth2/revoke", token=token)
        return bool(answer.status_code == 200)


class FacebookSignIn(PlatformSignIn):
    """Facebook lists the Pages that the person who is signed in there has a role on."""

    platform, name = Platform.FACEBOOK, "Facebook"
    scope = "pages_show_list"

    def address(self, state: str, verifier: str, back: str) -> str:  # noqa: ARG002 - PKCE is for its OpenID flow only
        """See :class:`PlatformSignIn`."""
        page = self.transport.for_browser(f"https://www.facebook.com/{VERSION}/dialog/oauth")
        return str(self._client(back, scope=self.scope).create_authorization_url(page, state=state)[0])

    def _redeemed(self, session: OAuth2Session, code: str, verifier: str) -> Mapping[str, Any]:  # noqa: ARG002
        session.token_endpoint_auth_method = "none"  # noqa: S105 - a method's name: the secret goes into the query
        secret = self.app.client_secret
        address = f"{GRAPH}/oauth/access_token"
        return mapping(session.fetch_token(address, method="GET", code=code, client_secret=secret))

    def _ids(self, token: str) -> Iterator[str]:
        """Only the fields that are needed: by default each Page's own token would come too."""
        after: dict[str, str] = {}
        for _ in range(PAGES_OF_PAGES):
            query = {"fields": "id,tasks", "limit": str(PAGE_SIZE), **after}
            body = self._asked(self._signed(token), "GET", f"{GRAPH}/me/accounts", facebook_problems.judge, **query)
            if not isinstance(body.get("data"), list):
                raise UnexpectedAnswer("Facebook did not list the Pages", "Begin again")
            for page in objects(body["data"]):
                if (found := identifier(page.get("id"))) and FULL_CONTROL.intersection(_texts(page.get("tasks"))):
                    yield found
            paging = mapping(body.get("paging"))
            cursor = text(mapping(paging.get("cursors")).get("after"))
            if not paging.get("next") or not cursor:
                return
            after = {"after": cursor}

    def _give_back(self, token: str) -> bool:
        body = self._asked(self._signed(token), "DELETE", f"{GRAPH}/me/permissions", facebook_problems.judge)
        return body.get("success") is True

    def _signed(self, token: str) -> Credential:
        return Credential(token, GRAPH_HOSTS, in_query=True, app_secret=self.app.client_secret)


def _graph_code(answer: Exchange) -> int | None:
    """The code of Graph's error in an answer, if it is one."""
    with suppress(UnexpectedAnswer):
        return count(mapping(json_object(answer.body, answer.path).get("error")).get("code"))
    return None


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


SIGN_INS: Mapping[Platform, type[PlatformSignIn]] = {each.platform: each for each in (XSignIn, FacebookSignIn)}
