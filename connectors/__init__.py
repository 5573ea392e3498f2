"""Reading the platforms: ``connector`` collects, ``parse`` reads what was collected, ``fetch_media`` gets pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator

from connectors import facebook, x
from connectors.base import Checked, Connector, Keep, Scope
from connectors.budget import Budget
from connectors.media import fetch_media
from connectors.retry import Sleep
from connectors.transport import Transport
from records.errors import UnexpectedAnswer
from records.model import Envelope, Platform, Record
from records.own import parse_own

__all__ = ["Budget", "Checked", "Connector", "Keep", "Scope", "Transport", "connector", "fetch_media", "parse"]


def connector(
    platform: Platform,
    secret: str,
    transport: Transport,
    budget: Budget,
    minimise_key: bytes | None = None,
    app_secret: str | None = None,
    sleep: Sleep = time.sleep,
) -> Connector:
    """The connector of ``platform`` for one credential; it makes one check at a time.

    Parameters
    ----------
    secret : X: the app's bearer token. Facebook: the Page's token.
    minimise_key : with it, inbound followers are kept as keyed HMACs only (X; Facebook never lists them).
    app_secret : Facebook: signs each call with ``appsecret_proof``, where the app demands it.
    sleep : what the pause before another try is waited with.
    """
    if platform is Platform.X:
        return x.XConnector(secret, transport, budget, minimise_key, sleep)
    return facebook.FacebookConnector(secret, transport, budget, app_secret, sleep)


def parse(envelope: Envelope) -> Iterator[Record]:
    """The records in an envelope of any kind. Pure: the same envelope gives the same records.

    Raises
    ------
    UnexpectedAnswer : where a good status brought a body that no record can be read from. It is
        evidence all the same: a loader reports it and goes on.
    """
    source = envelope.kind.partition(".")[0]
    if source == "own":
        yield from parse_own(envelope)
    elif source == Platform.X:
        yield from x.parse(envelope)
    elif source == Platform.FACEBOOK:
        yield from facebook.parse(envelope)
    else:
        raise UnexpectedAnswer(f"No parser is known for {envelope.kind}", "Correct the kind of the envelope")
