"""Actions of decisions about the ledger that are read back: by its own check, and by who shows its state."""

STAMPED = "ledger.stamped"
"""A checkpoint (the decision's subject) was time-stamped; ``sha256`` in its data is over the authority's answer."""

ROTATED = "ledger.rotated"
"""The ledger is signed by another public key (the decision's subject) from then on."""

VERIFIED = "ledger.verified"
"""Everything was checked against everything; the decision's subject is the number of checkpoints."""

DAMAGED = "ledger.damaged"
"""A check found something wrong, which the decision's reason names."""
