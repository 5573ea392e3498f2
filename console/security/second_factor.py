"""A second factor as an authenticator app takes it: a secret, its address (otpauth), and that as a picture."""

from __future__ import annotations

from dataclasses import dataclass

import pyotp
import segno

from console.security.vault import Vault


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person needs to add it to an app: the picture as a data address, and the secret in groups of four."""

    picture: str
    secret: str


def new(vault: Vault) -> str:
    """A new secret (160 random bits), sealed."""
    return vault.seal(pyotp.random_base32())


def shown(secret: str, login: str, district: str) -> Shown:
    """A secret as it is shown once. Source: https://github.com/google/google-authenticator/wiki/Key-Uri-Format."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"hallpass {district}")
    picture = segno.make(address, error="m").svg_data_uri(border=2, scale=5, dark="#000", light="#fff")
    return Shown(picture, " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)))
