"""IT's rooms: the register of accounts, coverage, leavers, users, and what must be done before going live."""

from console.routes.it import accounts, budget, bulk, change, coverage, golive, leavers, register, users
from console.routes.it.room import room

__all__ = ["accounts", "budget", "bulk", "change", "coverage", "golive", "leavers", "register", "room", "users"]
