"""What people decide: accounts, consents, the roster, marks, permissions. The one door is :class:`Registry`."""

from registry.community import Community
from registry.registry import Registry
from registry.values import (
    AccountDraft,
    DeactivationProposal,
    GoLiveItem,
    Grant,
    GrantAnswer,
    Identity,
    ImportReport,
    Lookalike,
    Mark,
    Organisation,
    Photograph,
    Photographs,
    References,
    RegisteredAccount,
    RosterReport,
    RowError,
)

__all__ = [
    "AccountDraft",
    "Community",
    "DeactivationProposal",
    "GoLiveItem",
    "Grant",
    "GrantAnswer",
    "Identity",
    "ImportReport",
    "Lookalike",
    "Mark",
    "Organisation",
    "Photograph",
    "Photographs",
    "References",
    "RegisteredAccount",
    "Registry",
    "RosterReport",
    "RowError",
]
