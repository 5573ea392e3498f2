"""Proof that an account is its owner's: IT offers it with the owner beside them, and each owner for their own."""

from console.routes.ownership import codes, sign_in
from console.routes.ownership.place import room

__all__ = ["codes", "room", "sign_in"]
