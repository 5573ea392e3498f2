"""Actions of decisions about the ledger that the ledger's own check reads back."""

STAMPED = "ledger.stamped"
"""A checkpoint (the decision's subject) was time-stamped; ``sha256`` in its data is over the authority's answer."""

ROTATED = "ledger.rotated"
"""The ledger is signed by another public key (the decision's subject) from then on."""
