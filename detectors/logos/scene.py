"""A picture as the detector looks at it: bounded in size; grey and opponents find patches, colour verifies."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detectors.arrays import Doubles, Floats, Pixels

LONGEST = 1024  # pixels: larger pictures are looked at in this size
OCTAVE = 2**0.5  # from one level of the colour pyramid to the next
SMALLEST = 16  # pixels: no level has a shorter side


@dataclass(frozen=True, slots=True)
class Scene:
    """``shape`` is the view's, ``scale`` how much smaller this is; ``levels`` are (scale, RGB) from fine to coarse."""

    shape: tuple[int, int]
    scale: float
    grey: Floats
    levels: list[tuple[float, Pixels]]

    @classmethod
    def of(cls, view: Pixels) -> Scene:
        """The scene of an RGB view."""
        scale = min(1.0, LONGEST / max(view.shape))
        colour = _smaller(view, scale) if scale < 1 else view
        grey = np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), np.float32)
        levels = [(1.0, colour)]
        while min(levels[-1][1].shape[:2]) > SMALLEST * OCTAVE:
            finer, picture = levels[-1]
            smooth = np.asarray(cv2.GaussianBlur(picture, (3, 3), 0.6), np.uint8)
            levels.append((finer / OCTAVE, _smaller(smooth, 1 / OCTAVE, cv2.INTER_LINEAR)))
        return cls((view.shape[0], view.shape[1]), scale, grey, levels)

    @property
    def coarse(self) -> tuple[float, Pixels]:
        """(scale, RGB): half the size, or the smallest there is; platforms keep colour no finer."""
        return self.levels[min(2, len(self.levels) - 1)]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in scene pixels."""
        return self.grey.shape[1], self.grey.shape[0]

    def through(self, to_scene: Doubles, size: tuple[int, int]) -> Floats:
        """(h, w, 3): the scene on a canvas of ``size`` whose pixels ``to_scene`` (3, 3) maps to scene pixels."""
        middle = to_scene @ [size[0] / 2, size[1] / 2, 1]
        spread = np.sqrt(abs(np.linalg.det(to_scene)) / max(abs(middle[2]) ** 3, 1e-9))
        scale, level = min(self.levels, key=lambda one: abs(np.log(one[0] * max(spread, 1e-6))))
        shift = np.array([[scale, 0, scale / 2 - 0.5], [0, scale, scale / 2 - 0.5], [0, 0, 1]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpPerspective(level, shift @ to_scene, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, np.float32)


def opponents(colour: Floats | Pixels) -> tuple[Floats, ...]:
    """(h, w) twice: red against blue, and against green: a mark shows there where its ground is as light as it."""
    red, green, blue = cv2.split(np.asarray(colour, np.float32))
    return tuple(np.asarray(cv2.subtract(red, other), np.float32) / np.float32(2) for other in (blue, green))


def _smaller(picture: Pixels, factor: float, method: int = cv2.INTER_AREA) -> Pixels:
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)
