"""The proof that a file which was handed in stands in the ledger."""

from __future__ import annotations

import json
from pathlib import Path

from records.canonical import plain
from records.errors import BadInput
from records.model import Evidence
from registry.deposits import Deposit
from warehouse.ledger import Ledger


def proof(folder: Path, deposit: Deposit) -> str | None:
    """The inclusion proof of a receipt's line under the newest checkpoint, as JSON; None before there is one."""
    try:
        found = Ledger(folder).prove(Evidence(deposit.batch, deposit.line))
    except BadInput:
        return None
    return json.dumps(plain(found), indent=1)
