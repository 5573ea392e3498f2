"""Which table a record goes to, as which columns, and what makes two sightings the same row.

The columns come from the value types themselves. A field in ``key`` makes another row when it differs; a
field in ``latest`` follows the last sighting; ``account_id`` is kept once any sighting knew it; every other
field follows the first sighting. None of this depends on the order in which batches are loaded.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

import pyarrow as pa

from records.model import (
    Comment,
    Coverage,
    Decision,
    Deposited,
    Disposal,
    Evidence,
    ImageVerdict,
    Judgement,
    MadeReport,
    MediaFile,
    MediaItem,
    Observation,
    Post,
    ProfileSnapshot,
    Record,
    Relationship,
    Tombstone,
)

TIME = pa.timestamp("us", tz="UTC")
_ARROW = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64(), datetime: TIME}
_COUNTS = ("followers", "following")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type and how to get it from a record."""

    name: str
    type: pa.DataType
    get: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the warehouse.

    ``seen`` names the column of the first sighting's time. With ``each_sighting`` every envelope makes
    its own row; otherwise ``keeps_last`` tells whether the time of the last sighting is kept too.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    latest: tuple[str, ...] = ()
    seen: str = "first_seen_at"
    keeps_last: bool = False
    each_sighting: bool = False

    @property
    def known_once(self) -> tuple[str, ...]:
        """``account_id``, where it is not what tells rows apart: a later sighting may know it first."""
        return tuple(
            c.name for c in self.columns if c.name == "account_id" and self.keeps_last and c.name not in self.key
        )

    @property
    def first(self) -> tuple[str, ...]:
        """The columns that follow the first sighting."""
        others = {*self.key, *self.latest, *self.known_once}
        return tuple(c.name for c in self.columns if c.name not in others)


def _columns(record_type: type, without: tuple[str, ...] = ()) -> tuple[Column, ...]:
    hints = typing.get_type_hints(record_type)
    names = [f.name for f in fields(record_type) if f.name not in without]
    return tuple(column for name in names for column in _column(name, _required(hints[name])))


def _column(name: str, kind: Any) -> tuple[Column, ...]:
    origin = typing.get_origin(kind)
    if kind is Evidence:
        batch = Column(f"{name}_batch", pa.string(), lambda r: e.batch_id if (e := getattr(r, name)) else None)
        line = Column(f"{name}_line", pa.int64(), lambda r: e.line if (e := getattr(r, name)) else None)
        return batch, line
    if origin is tuple:
        return (Column(name, pa.list_(_ARROW[typing.get_args(kind)[0]]), attrgetter(name)),)
    if origin is not None and issubclass(origin, Mapping):
        return (Column(name, pa.string(), lambda r: json.dumps(dict(getattr(r, name)), sort_keys=True)),)
    base = next(python for python in _ARROW if issubclass(kind, python))
    return (Column(name, _ARROW[base], attrgetter(name)),)


def _required(kind: Any) -> Any:
    """``kind`` without its ``| None``."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return next(a for a in typing.get_args(kind) if a is not types.NoneType)
    return kind


def _all_but(record_type: type, *without: str) -> tuple[str, ...]:
    return tuple(f.name for f in fields(record_type) if f.name not in without)


TABLES: Mapping[type[Record], tuple[Table, ...]] = {
    Post: (Table("post_version", _columns(Post), _all_but(Post, "account_id"), keeps_last=True),),
    Comment: (Table("comment_version", _columns(Comment), _all_but(Comment, "account_id"), keeps_last=True),),
    # Facebook signs the URLs of pictures anew each time, so the item is one row and its newest URL is kept.
    MediaItem: (
        Table(
            "media_item",
            _columns(MediaItem),
            ("record_id",),
            latest=_all_but(MediaItem, "record_id", "account_id"),
            keeps_last=True,
        ),
    ),
    MediaFile: (Table("media_file", _columns(MediaFile), _all_but(MediaFile), seen="fetched_at", each_sighting=True),),
    ProfileSnapshot: (
        Table(
            "profile_version",
            _columns(ProfileSnapshot, _COUNTS),
            _all_but(ProfileSnapshot, "account_id", *_COUNTS),
            keeps_last=True,
        ),
        Table(
            "profile_count",
            _columns(ProfileSnapshot, _all_but(ProfileSnapshot, "record_id", *_COUNTS)),
            ("record_id", *_COUNTS),
            seen="at",
            each_sighting=True,
        ),
    ),
    Relationship: (
        Table(
            "relationship",
            _columns(Relationship),
            ("account_id", "platform", "direction", "kind", "counterpart_key"),
            latest=("handle_key", "name", "minimised"),
            keeps_last=True,
        ),
    ),
    Tombstone: (Table("tombstone", _columns(Tombstone), _all_but(Tombstone), seen="at", each_sighting=True),),
    Coverage: (Table("coverage", _columns(Coverage), _all_but(Coverage)),),
    Observation: (Table("observation", _columns(Observation), ("observation_id",)),),
    Judgement: (Table("judgement", _columns(Judgement), _all_but(Judgement)),),
    ImageVerdict: (Table("image_verdict", _columns(ImageVerdict), ("media_sha256", "detector", "references")),),
    Decision: (Table("decision", _columns(Decision), ("event_id",)),),
    Deposited: (Table("deposit", _columns(Deposited), _all_but(Deposited)),),
    Disposal: (Table("disposal", _columns(Disposal), _all_but(Disposal)),),
    MadeReport: (Table("report", _columns(MadeReport), _all_but(MadeReport)),),
}

BY_NAME: Mapping[str, Table] = {table.name: table for tables in TABLES.values() for table in tables}
