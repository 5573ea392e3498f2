"""Many pictures over all cores, each under a time and memory limit, in children that may die.

A child (:mod:`detectors.child`) speaks one JSON line for each picture. What it says is parsed as
JSON and nothing else, because a child that a hostile picture has taken over must not reach further.
"""

from __future__ import annotations

import json
import os
import queue
import selectors
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from detectors.logos.detector import NONE, LogoDetector, LogoMatch, Why

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

CHILD = (sys.executable, "-m", "detectors.child")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may take: wall-clock seconds, and megabytes of address space."""

    seconds: float = 20.0
    megabytes: int = 3000


@dataclass(frozen=True, slots=True)
class Look:
    """How looking at one picture ended: ``outcome`` is ``clean``, ``marked`` or ``undecodable``, with the reason."""

    image: Path
    outcome: str
    matches: tuple[LogoMatch, ...] = ()
    detail: str = ""


def detect_many(
    marks: Mapping[str, Path | list[Path]],
    images: Sequence[Path],
    lookalikes: Mapping[str, Path] = NONE,
    limits: Limits = Limits(),
    workers: int | None = None,
    cache: Path | None = None,
) -> list[Look]:
    """Looks at ``images``, in their order.

    Parameters
    ----------
    workers : children at a time; by default one a core.
    cache : folder for prepared reference marks, kept from batch to batch.

    Raises
    ------
    Undecodable : a reference mark cannot be drawn; no image was looked at.
    """
    if not images:
        return []
    with tempfile.TemporaryDirectory() as own:
        prepared = cache or Path(own)
        LogoDetector(marks, lookalikes, prepared)
        setup = {
            "marks": _paths(marks),
            "lookalikes": {name: str(path) for name, path in lookalikes.items()},
            "cache": str(prepared),
            "limits": asdict(limits),
        }
        return _look_at_all(images, setup, limits, min(workers or os.cpu_count() or 1, len(images)))


def _look_at_all(images: Sequence[Path], setup: Mapping[str, Any], limits: Limits, workers: int) -> list[Look]:
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(images)):
        waiting.put(number)
    looks: dict[int, Look] = {}

    def work() -> None:
        with _Child(setup, limits) as child:
            while True:
                try:
                    number = waiting.get_nowait()
                except queue.Empty:
                    return
                looks[number] = child.look(images[number])

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [looks[number] for number in range(len(images))]


def _paths(marks: Mapping[str, Path | list[Path]]) -> dict[str, list[str]]:
    return {mark: [str(f) for f in ([files] if isinstance(files, Path) else files)] for mark, files in marks.items()}


class _Child:
    """One child process, started when first needed and again after it had to be ended."""

    def __init__(self, setup: Mapping[str, Any], limits: Limits) -> None:
        self._setup, self._limits = setup, limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def look(self, image: Path) -> Look:
        """What the child says of ``image``; that it failed, where it died or took too long."""
        try:
            process = self._process or self._start()
            answer = self._ask(process, {"image": str(image)}, self._limits.seconds)
            return Look(image, answer["outcome"], tuple(_match(m) for m in answer["matches"]), answer["detail"])
        except TimeoutError:
            self._end()
            return Look(image, "undecodable", detail=f"it took longer than {self._limits.seconds:g} s")
        except (OSError, ValueError, KeyError, TypeError):
            self._end()
            return Look(image, "undecodable", detail="its process died, out of memory or by a damaged file")

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603  our own module, nothing from outside
            CHILD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **ONE_THREAD},
        )
        self._ask(self._process, self._setup, 60 + self._limits.seconds)
        return self._process

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(question).encode() + b"\n")
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            answer = b""
            while not answer.endswith(b"\n"):
                if not selector.select(seconds):
                    raise TimeoutError
                chunk = os.read(process.stdout.fileno(), 1 << 16)
                if not chunk:
                    raise ConnectionError("the child is gone")
                answer += chunk
        parsed: dict[str, Any] = json.loads(answer)
        return parsed

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._process = None


def _match(values: Mapping[str, Any]) -> LogoMatch:
    return LogoMatch(values["mark"], values["score"], tuple(values["box"]), values["strong"], Why(**values["why"]))
