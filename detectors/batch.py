"""Many pictures over all cores, each under a time and memory limit, in children that may die.

A child (:mod:`detectors.child`) speaks one JSON line for each picture (:mod:`detectors.worker`).
"""

from __future__ import annotations

import os
import queue
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from detectors.logos.detector import NONE, LogoDetector, LogoMatch, Why
from detectors.photo_library import library
from detectors.photos import PhotoMatch
from detectors.worker import Limits, Worker

CHILD = (sys.executable, "-m", "detectors.child")
_LIMITS = Limits()
NO_PHOTOS: Mapping[str, Sequence[Path]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Look:
    """How looking at one picture ended: ``outcome`` is ``clean``, ``marked`` or ``undecodable``, with the reason."""

    image: Path
    outcome: str
    matches: tuple[LogoMatch, ...] = ()
    photos: tuple[PhotoMatch, ...] = ()
    detail: str = ""


def detect_many(
    marks: Mapping[str, Path | list[Path]],
    images: Sequence[Path],
    lookalikes: Mapping[str, Path] = NONE,
    limits: Limits = _LIMITS,
    workers: int | None = None,
    cache: Path | None = None,
    photos: Mapping[str, Sequence[Path]] = NO_PHOTOS,
) -> list[Look]:
    """Looks at ``images``, in their order.

    Parameters
    ----------
    workers : children at a time; by default one a core.
    cache : folder for prepared reference marks and photographs, kept from batch to batch.
    photos : the district's photographs, each with the files of its versions.

    Raises
    ------
    Undecodable : a reference mark cannot be drawn; no image was looked at.
    PipelineFailed : no child can be started; nothing was decided about any image.
    """
    if not images:
        return []
    with tempfile.TemporaryDirectory() as own:
        prepared = cache or Path(own)
        LogoDetector(marks, lookalikes, prepared)
        library(photos, prepared)
        setup = {
            "marks": _paths(marks),
            "photos": {name: [str(file) for file in files] for name, files in photos.items()},
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
        child = Worker(CHILD, setup, limits)
        try:
            while True:
                number = waiting.get_nowait()
                looks[number] = _look(child, images[number], limits)
        except queue.Empty:
            return
        finally:
            child.end()

    with ThreadPoolExecutor(workers) as threads:
        for done in [threads.submit(work) for _ in range(workers)]:
            done.result()
    return [looks[number] for number in range(len(images))]


def _paths(marks: Mapping[str, Path | list[Path]]) -> dict[str, list[str]]:
    return {mark: [str(f) for f in ([files] if isinstance(files, Path) else files)] for mark, files in marks.items()}


def _look(child: Worker, image: Path, limits: Limits) -> Look:
    """What the child says of ``image``; that it failed, where it died or took too long twice: once is the machine."""
    first = _once(child, image, limits)
    return _once(child, image, limits) if first.outcome == "undecodable" and child.ended else first


def _once(child: Worker, image: Path, limits: Limits) -> Look:
    try:
        answer = child.ask({"image": str(image)})
        matches = tuple(_match(match) for match in answer["matches"])
        photos = tuple(PhotoMatch(**match) for match in answer["photos"])
        return Look(image, answer["outcome"], matches, photos, answer["detail"])
    except TimeoutError:
        return Look(image, "undecodable", detail=f"it took longer than {limits.seconds:g} s")
    except (ConnectionError, ValueError, KeyError, TypeError):
        child.end()
        return Look(image, "undecodable", detail="its process died, out of memory or by a damaged file")


def _match(values: Mapping[str, Any]) -> LogoMatch:
    return LogoMatch(values["mark"], values["score"], tuple(values["box"]), values["strong"], Why(**values["why"]))
