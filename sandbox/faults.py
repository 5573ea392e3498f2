"""Faults on demand: what a platform does on a bad day, sent as real bytes, real silence and real TCP resets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "500",  # the platform's own error body
    "502",  # HTML from a proxy in front of the platform
    "hang",  # nothing, for as long as the client waits
    "reset",  # a TCP RST
    "html",  # 200, and a page for people
    "empty",  # 200, and no bytes
    "nodata",  # 200, and a JSON object without its data
    "429",  # the rate window is used up
    "429-without-reset",  # the same, without saying until when
    "slow",  # the right answer, late
    "error",  # a Graph error body of the given code and subcode
)


class UnknownFault(ValueError):
    """The description of a fault cannot be used; the text says why."""


@dataclass(slots=True)
class Fault:
    """One planned fault.

    ``match`` is a substring or a regular expression of host and path (``api.twitter.com/2/tweets``).
    The first ``after`` matching requests pass, then ``times`` of them fail (None: until it is lifted).
    ``seconds`` is how late ``slow`` is; ``code`` and ``subcode`` belong to ``error``.
    """

    match: str
    kind: str
    times: int | None = 1
    after: int = 0
    seconds: float = 2.0
    code: int = 2
    subcode: int | None = None
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownFault(f"kind is {self.kind!r}: use one of {', '.join(KINDS)}")
        try:
            self._pattern = re.compile(self.match)
        except re.error:
            self._pattern = re.compile(re.escape(self.match))

    def covers(self, target: str) -> bool:
        """Whether a request for ``target`` (host and path) is meant."""
        return self.match in target or self._pattern.search(target) is not None

    def strikes(self) -> bool:
        """Count one matching request; whether it is one of those that fail."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0

    def as_json(self) -> dict[str, Any]:
        """What is still to come of this fault."""
        return {"match": self.match, "kind": self.kind, "times": self.times, "after": self.after}


@dataclass(slots=True)
class Faults:
    """The faults that are planned, in the order in which they were asked for."""

    planned: list[Fault] = field(default_factory=list)

    def plan(self, wish: Mapping[str, Any]) -> Fault:
        """Plan what a control request asks for.

        Raises
        ------
        UnknownFault : a field is missing, unknown or of the wrong type.
        """
        known = {"match", "kind", "times", "after", "seconds", "code", "subcode"}
        if unknown := sorted(set(wish) - known):
            raise UnknownFault(f"unknown field {unknown[0]!r}: use {', '.join(sorted(known))}")
        try:
            fault = Fault(**{**wish, "kind": str(wish["kind"]), "match": str(wish["match"])})
        except KeyError as missing:
            raise UnknownFault(f"the field {missing} is missing") from None
        self.planned.append(fault)
        return fault

    def due(self, target: str) -> Fault | None:
        """The fault that strikes this request, if any; the first plan that strikes wins."""
        struck = next((fault for fault in self.planned if fault.covers(target) and fault.strikes()), None)
        self.planned = [fault for fault in self.planned if fault.times != 0]
        return struck

    def lift(self) -> None:
        """Forget all planned faults."""
        self.planned.clear()
