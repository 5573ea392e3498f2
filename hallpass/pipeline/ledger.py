"""The ledger's key, its checks and its time stamps: what a person does with them, said in the ledger itself."""

from __future__ import annotations

from collections.abc import Iterable

import requests

from connectors import parse
from hallpass.pipeline.archive import public_key
from hallpass.pipeline.office import opened
from hallpass.settings import Settings
from records.errors import BadInput, EvidenceDamaged, Transient, UnexpectedAnswer
from warehouse import durable
from warehouse.note import Signer, new_signer, verifiers_from
from warehouse.timestamp import Stamp, kept_roots, stamp
from warehouse.verify import Verified, verify

_QUERY = {"Content-Type": "application/timestamp-query"}
_ANSWER_LIMIT = 1 << 20


def make_key(settings: Settings, name: str) -> Signer:
    """The district's first key; its public half is kept beside the ledger, its secret half nowhere.

    Raises
    ------
    BadInput : there is a key already, or ``name`` cannot name one.
    """
    path = public_key(settings)
    if path.exists():
        todo = "Keep signing with it; `hallpass ledger rotate` replaces it where its secret is lost"
        raise BadInput(f"{path} says that there is a key", todo)
    signer = new_signer(name)
    durable.write(path, [f"{signer.verifier().text()}\n".encode()])
    return signer


def rotate(settings: Settings, by: str, why: str) -> Signer:
    """A new key under the same name, which signs everything from the next load on; the former stay beside it.

    What the former keys signed still holds, and each new checkpoint adds to the same tree. Nothing but the
    ledger's growth ties the new key to the old one, so the new public key is given to everybody anew.

    Raises
    ------
    BadInput : there is no key yet, or no reason.
    """
    path = public_key(settings)
    if not path.exists():
        raise BadInput("There is no key to be replaced", "Make one with `hallpass ledger init`")
    if not why.strip():
        raise BadInput("There is no reason for a new key", "Say why with --why, for example that the secret is lost")
    keys = verifiers_from(path.read_text())
    signer = new_signer(keys[-1].name)
    with opened(settings) as office:
        new = signer.verifier().text()
        office.registry.ledger_events.rotated(keys[-1].text(), new, by, settings.now(), why)
        lines = [*(key.text() for key in keys), new]
        durable.write(path, ["".join(f"{line}\n" for line in lines).encode()], overwrite=True)
    return signer


def stamp_newest(settings: Settings, url: str, roots: bytes | None, by: str) -> Stamp | None:
    """Have the newest checkpoint stamped by the authority at ``url``; None where nothing is signed yet.

    ``roots`` are its root certificates (PEM); those that the folder keeps if not given.

    Raises
    ------
    BadInput : ``url`` is no web address, or there are no certificates that can be read.
    Transient : the authority cannot be reached.
    UnexpectedAnswer : its answer is no valid stamp.
    """
    if not url.startswith(("http://", "https://")):
        raise BadInput(f"{url!r} is no web address", "Give the authority's address, such as https://tsa.example/")

    def ask(query: bytes) -> bytes:
        return _ask(url, query, settings.timeout)

    made = stamp(settings.folder, ask, roots or kept_roots(settings.folder))
    if made:
        with opened(settings) as office:
            office.registry.ledger_events.stamped(made.number, made.sha256, by, settings.now())
    return made


def check(settings: Settings, by: str, keys: str, trusted: Iterable[str] = (), roots: bytes | None = None) -> Verified:
    """Check everything against everything, and note how it ended; ``keys`` are the ledger's public keys as text.

    Raises
    ------
    EvidenceDamaged : the first thing that is wrong.
    Busy : another process holds the warehouse.
    """
    with opened(settings) as office:
        events = office.registry.ledger_events
        try:
            found = verify(settings.folder, parse, verifiers_from(keys), settings.now(), trusted, stamp_roots=roots)
        except EvidenceDamaged as error:
            events.damaged(error.what, by, settings.now())
            raise
        read = {"batches": found.batches, "lines": found.lines, "media": found.media, "stamps": found.stamps}
        events.verified(found.checkpoints, read, by, settings.now())
    return found


def verify_all(settings: Settings, by: str) -> None:
    """:func:`check` with the data folder's own keys; BadInput where nothing was ever signed."""
    path = public_key(settings)
    if not path.exists():
        raise BadInput("There is no key that the ledger is signed with", "Ask IT for `hallpass ledger init`")
    check(settings, by, path.read_text())


def _ask(url: str, query: bytes, timeout: float) -> bytes:
    """RFC 3161, section 3.4: the query in an HTTP POST, the answer in its body."""
    try:
        with requests.post(url, query, headers=_QUERY, timeout=timeout, stream=True) as answer:
            answer.raise_for_status()
            body = answer.raw.read(_ANSWER_LIMIT + 1, decode_content=True)
    except requests.RequestException as error:
        what = f"The time-stamping authority did not answer ({type(error).__name__})"
        raise Transient(what, "Check its address, or try again later") from None
    if len(body) > _ANSWER_LIMIT:
        raise UnexpectedAnswer("The time-stamping authority's answer is too long", "Check its address")
    return bytes(body)
