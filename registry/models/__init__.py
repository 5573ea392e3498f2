"""The registry's tables. Portable between SQLite and PostgreSQL; every time is aware and comes back in UTC."""

from registry.models.base import NAME_LENGTH, Base, Moment
from registry.models.registered import (
    AcceptedOrganisation,
    AccountHandle,
    Asset,
    AssetVersion,
    Authorisation,
    Consent,
    GoLiveStep,
    LookalikeImage,
    Org,
    OutboxEvent,
    Person,
    PersonIdentity,
    RegisteredRow,
    RosterImport,
)

__all__ = [
    "NAME_LENGTH",
    "AcceptedOrganisation",
    "AccountHandle",
    "Asset",
    "AssetVersion",
    "Authorisation",
    "Base",
    "Consent",
    "GoLiveStep",
    "LookalikeImage",
    "Moment",
    "Org",
    "OutboxEvent",
    "Person",
    "PersonIdentity",
    "RegisteredRow",
    "RosterImport",
]
