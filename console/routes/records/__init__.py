"""The public records officer's rooms: requests and their answers, holds, retention, the ledger, what was handed in."""

from console.routes.records import choosing, dispositions, exports, holds, items, ledger, receipts, requests, retention
from console.routes.records.room import room

__all__ = [
    "choosing",
    "dispositions",
    "exports",
    "holds",
    "items",
    "ledger",
    "receipts",
    "requests",
    "retention",
    "room",
]
