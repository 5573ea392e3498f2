"""Records that hallpass itself makes (coverage, observations, decisions …) as envelopes, and back.

They are landed like any other record: ``kind`` is ``own.<type>``, the body is canonical JSON.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from records.canonical import canonical
from records.model import (
    Coverage,
    Decision,
    Deposited,
    Disposal,
    Envelope,
    ImageVerdict,
    Judgement,
    MadeReport,
    MediaFile,
    Observation,
)

OwnRecord = Coverage | Observation | Judgement | Decision | MediaFile | ImageVerdict | MadeReport | Disposal | Deposited

_TYPES: dict[str, type] = {
    "own.coverage": Coverage,
    "own.observation": Observation,
    "own.judgement": Judgement,
    "own.decision": Decision,
    "own.media": MediaFile,
    "own.verdict": ImageVerdict,
    "own.report": MadeReport,
    "own.disposal": Disposal,
    "own.deposit": Deposited,
}
_KINDS = {record_type: kind for kind, record_type in _TYPES.items()}


def to_envelope(record: OwnRecord, at: datetime, account_id: str | None = None) -> Envelope:
    """``record`` as an envelope to land; ``at`` is when it was made."""
    owner = account_id or getattr(record, "account_id", None)
    return Envelope(kind=_KINDS[type(record)], body=canonical(record), fetched_at=at, account_id=owner)


def parse_own(envelope: Envelope) -> Iterator[OwnRecord]:
    """The record in an ``own.*`` envelope.

    Raises
    ------
    KeyError : for another kind.
    """
    yield _build(_TYPES[envelope.kind], json.loads(envelope.body))


def _build(kind: Any, value: Any) -> Any:
    """``value`` (JSON types) as the annotated type ``kind``."""
    if value is None:
        return None
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _build(next(a for a in args if a is not types.NoneType), value)
    if origin is tuple:
        item = args[0]
        return tuple(_build(item, v) for v in value)
    if origin is not None and issubclass(origin, Mapping):
        return dict(value)
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{f.name: _build(hints[f.name], value[f.name]) for f in fields(kind) if f.name in value})  # type: ignore[operator]
    if isinstance(kind, type) and issubclass(kind, datetime):
        return datetime.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return value
