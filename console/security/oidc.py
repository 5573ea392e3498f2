"""The district's own sign-in by OpenID Connect: authorisation code with PKCE, state and nonce.

Sources: https://openid.net/specs/openid-connect-core-1_0.html, RFC 7636, RFC 9207.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from records.errors import BadInput, Refused, Transient
from registry.sessions import Trip

GOOGLE = "https://accounts.google.com"
MICROSOFT = "https://login.microsoftonline.com/{}/v2.0"
LOOPBACK = ("127.0.0.1", "localhost")
ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures with a public key only: a token that the client's secret or nothing signs is refused."""

TIMEOUT = 10.0
LEEWAY = 60
"""Seconds that the provider's clock may differ from ours."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Whom the console trusts to say who somebody is. ``label`` stands on the button."""

    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Who the provider says it is; ``email`` only where the provider has verified it."""

    subject: str
    email: str | None
    said: str


def provider(named: str, client_id: str, client_secret: str) -> Provider:
    """The provider of a setting: ``google``, ``microsoft/TENANT``, or an issuer's address.

    Microsoft's tenant is always named: with ``common``, anybody's directory could vouch for anybody.

    Raises
    ------
    BadInput : the setting cannot be used.
    """
    if not client_id:
        raise BadInput("The district's sign-in has no client id", "Set HALLPASS_OIDC_CLIENT_ID")
    kind, _, tenant = named.partition("/")
    if named == "google":
        return Provider("Google", GOOGLE, client_id, client_secret)
    if kind == "microsoft" and tenant not in ("", "common", "organizations", "consumers"):
        return Provider("Microsoft", MICROSOFT.format(tenant), client_id, client_secret)
    parts = urlsplit(named)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        return Provider(parts.hostname, named.rstrip("/"), client_id, client_secret)
    todo = "Set it to google, microsoft/TENANT, or the issuer's https address"
    raise BadInput(f"HALLPASS_OIDC='{named}' is no provider", todo)


def set_out(at: Provider, state: str, trip: Trip, back: str) -> str:
    """The provider's address to send the browser to; ``back`` is where it returns.

    Raises
    ------
    Transient : the provider does not answer.
    """
    address, _ = _session(at, back).create_authorization_url(
        _discovered(at)["authorization_endpoint"], state=state, code_verifier=trip.verifier, nonce=trip.nonce
    )
    return str(address)


def come_back(at: Provider, query: Mapping[str, str], trip: Trip, back: str, now: datetime) -> Person:
    """Who signed in, once the browser is back with ``query``; the state was checked before.

    Raises
    ------
    Refused : the provider said no, or what it said does not hold (signature, issuer, audience, nonce, time).
    Transient : the provider does not answer.
    """
    if "code" not in query or query.get("iss", at.issuer) != at.issuer:
        raise Refused(f"{at.label} did not sign you in", "Begin again, or use login and password")
    known = _discovered(at)
    try:
        with _session(at, back) as session:
            token = session.fetch_token(
                known["token_endpoint"], code=query["code"], code_verifier=trip.verifier, timeout=TIMEOUT
            )
        claims = _claims(at, known, token, trip, now)
    except (AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as error:
        raise Refused(f"What {at.label} said does not hold ({type(error).__name__})", "Begin again") from error
    except requests.RequestException as error:
        raise _silent(at) from error
    return Person(str(claims["sub"]), _verified(claims), str(claims.get("email") or claims["sub"]))


def _claims(at: Provider, known: Mapping[str, Any], token: Mapping[str, Any], trip: Trip, now: datetime) -> CodeIDToken:
    keys = KeySet.import_key_set(cast(KeySetSerialization, _fetched(at, known["jwks_uri"])))
    decoded = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
    options = {"iss": {"essential": True, "value": at.issuer}, "aud": {"essential": True, "value": at.client_id}}
    expected = {"nonce": trip.nonce, "client_id": at.client_id, "access_token": token.get("access_token")}
    claims = CodeIDToken(decoded.claims, decoded.header, options, expected)
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    return claims


def _verified(claims: Mapping[str, Any]) -> str | None:
    """The address, if the provider vouches for it; Microsoft says so with xms_edov."""
    vouched = claims.get("email_verified") is True or str(claims.get("xms_edov", "")).lower() in ("1", "true")
    email = claims.get("email")
    return email.strip().lower() if vouched and isinstance(email, str) and email.strip() else None


def _session(at: Provider, back: str) -> OAuth2Session:
    return OAuth2Session(
        at.client_id, at.client_secret, scope="openid email profile", redirect_uri=back, code_challenge_method="S256"
    )


def _discovered(at: Provider) -> Mapping[str, Any]:
    known = _fetched(at, f"{at.issuer}/.well-known/openid-configuration")
    if known.get("issuer") != at.issuer:
        raise Refused(f"{at.issuer} calls itself {known.get('issuer')}", "Correct HALLPASS_OIDC")
    return known


def _fetched(at: Provider, address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _silent(at) from error
    if not isinstance(found, dict):
        raise _silent(at)
    return found


def _silent(at: Provider) -> Transient:
    return Transient(f"{at.label} does not answer", "Try again in a moment, or use login and password")
