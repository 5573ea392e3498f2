"""The district's own sign-in by OpenID Connect: authorisation code with PKCE, state and nonce.

Sources: https://openid.net/specs/openid-connect-core-1_0.html, RFC 7636, RFC 9700.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Provider:
    """Whom the console trusts to say who somebody is. ``label`` stands on the button."""

    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
