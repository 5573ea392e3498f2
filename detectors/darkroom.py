"""Pictures from platforms as pictures that may be shown: decoded in a child process and written anew.

No byte of the original is passed on: what comes out was drawn from its pixels, in bounded size.
"""

from __future__ import annotations

import base64
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detectors.images import Undecodable
from detectors.worker import Limits, Worker

Box = tuple[int, int, int, int]
SIDE = 1600
"""The most pixels a side that a picture is shown with."""
KEPT = 64 << 20
"""Bytes of developed pictures that are kept."""
CHILD = (sys.executable, "-m", "detectors.develop")
_LIMITS = Limits(seconds=15.0, megabytes=2500)


class Darkroom:
    """Develops pictures, one at a time, for many threads; the last ones are kept."""

    def __init__(self, limits: Limits = _LIMITS) -> None:
        self._worker = Worker(CHILD, {"megabytes": limits.megabytes}, limits)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Path, str, int, Box | None], bytes] = OrderedDict()
        self._size = 0

    def shown(self, path: Path, side: int, box: Box | None = None) -> bytes:
        """The picture as JPEG of at most ``side`` pixels a side, upright, ``box`` (pixels of the upright
        original) drawn on it.

        Raises
        ------
        Undecodable : it is missing, damaged, too large, of no known format, or took too long.
        """
        return self._developed(path, "shown", min(side, SIDE), box)

    def crop(self, path: Path, box: Box) -> bytes:
        """What lies in ``box``, as PNG in its own pixels; Undecodable as for :meth:`shown`."""
        return self._developed(path, "crop", SIDE, box)

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._worker.end()

    def _developed(self, path: Path, what: str, side: int, box: Box | None) -> bytes:
        key = (path, what, side, box)
        with self._lock:
            if key not in self._kept:
                self._keep(key, self._ask({"path": str(path), "what": what, "side": side, "box": box}))
            self._kept.move_to_end(key)
            return self._kept[key]

    def _ask(self, question: Mapping[str, Any]) -> bytes:
        try:
            answer = self._worker.ask(question)
        except TimeoutError as error:
            raise Undecodable("the image cannot be shown: it took too long to open") from error
        except ConnectionError as error:
            raise Undecodable("the image cannot be shown: opening it ended its process") from error
        if "error" in answer:
            raise Undecodable(str(answer["error"]))
        return base64.b64decode(answer["content"], validate=True)

    def _keep(self, key: tuple[Path, str, int, Box | None], content: bytes) -> None:
        self._kept[key] = content
        self._size += len(content)
        while self._size > KEPT and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest)
