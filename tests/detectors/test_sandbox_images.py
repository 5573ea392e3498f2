"""On a sample of the made-up district's own pictures the detector misses nothing and invents nothing.

All of them are looked at where the pipeline is compared with the truth.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectors.images import Undecodable
from detectors.logos import LogoDetector
from sandbox.images import box, encoded
from sandbox.kit import write_kit
from sandbox.things import SandImage
from sandbox.truth import UNREADABLE
from sandbox.world import World

OF_EACH = 4  # pictures of each kind


@pytest.fixture(scope="module")
def world() -> World:
    return World.make(weeks=6)


@pytest.fixture(scope="module")
def detector(world: World, tmp_path_factory: pytest.TempPathFactory) -> LogoDetector:
    kit = tmp_path_factory.mktemp("kit")
    write_kit(kit, world, datetime(2026, 10, 19, 11, tzinfo=UTC))

    def files(folder: Path) -> dict[str, Path]:
        return {path.stem: path for path in folder.iterdir()}

    return LogoDetector(files(kit / "marks"), files(kit / "lookalikes"))


def _pictures(world: World) -> list[SandImage]:
    """Some pictures with each mark or lookalike, with each fault, and with none of these."""
    kinds: dict[str, list[SandImage]] = {}
    for image in world.image_by_id.values():
        if image.fault != "missing":
            kinds.setdefault(image.fault or _shown(image), []).append(image)
    return [image for alike in kinds.values() for image in alike[:: -(-len(alike) // OF_EACH)]]


def _shown(image: SandImage) -> str:
    return "mark" if image.mark else "lookalike" if image.lookalike else "neither"


def _seen(detector: LogoDetector, image: SandImage) -> list[str]:
    try:
        return [match.mark for match in detector.detect(encoded(image))]
    except Undecodable:
        return ["undecodable"]


def _there(image: SandImage) -> list[str]:
    if image.fault in UNREADABLE:
        return ["undecodable"]
    return [image.mark.mark_id] if image.mark and not image.fault else []


def test_every_mark_is_seen_and_no_other(world: World, detector: LogoDetector) -> None:
    pictures = _pictures(world)
    assert {i.image_id: _seen(detector, i) for i in pictures} == {i.image_id: _there(i) for i in pictures}


def test_marks_are_seen_where_they_are(world: World, detector: LogoDetector) -> None:
    marked = [image for image in world.image_by_id.values() if image.mark and not image.fault]
    for image in marked[:: len(marked) // OF_EACH]:
        there, [match] = box(image), detector.detect(encoded(image))
        assert there is not None
        assert max(abs(a - b) for a, b in zip(match.box, there, strict=True)) < 0.12 * (there[2] - there[0])
