"""Prepared reference sets on disk, named by their content and the detector's version."""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detectors.logos.references import LANDMARK_FIELDS, Reference, ReferenceSet, content_digest, prepare
from detectors.logos.verify import Canvas
from detectors.logos.voting import Landmarks

CANVAS_FIELDS = ("field", "inks", "blocks", "energy")


def prepared(
    marks: Mapping[str, Sequence[Path]], lookalikes: Mapping[str, Path], version: str, folder: Path | None
) -> ReferenceSet:
    """The reference set, from ``folder`` where it was prepared before by the same version; a damaged file is remade.

    Raises
    ------
    Undecodable : a reference file cannot be drawn.
    """
    if folder is None:
        return prepare(marks, lookalikes)
    path = folder / f"marks-{content_digest(marks, lookalikes)[:32]}-{version}.npz"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return _load(path)
    made = prepare(marks, lookalikes)
    _save(made, path)
    return made


def _save(made: ReferenceSet, path: Path) -> None:
    arrays: dict[str, Any] = {name: getattr(made.landmarks, name) for name in LANDMARK_FIELDS}
    for number, reference in enumerate(made.references):
        for side, canvas in reference.canvases.items():
            for name in CANVAS_FIELDS:
                arrays[f"{number}.{side}.{name}"] = getattr(canvas, name)
    about = [
        {
            "mark": r.mark,
            "lookalike": r.lookalike,
            "shape": r.shape,
            "sides": {s: c.side for s, c in r.canvases.items()},
        }
        for r in made.references
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.tmp")
    with half.open("wb") as out:
        np.savez(out, hashes=made.hashes, about=np.array(json.dumps([made.digest, about])), **arrays)
    half.replace(path)


def _load(path: Path) -> ReferenceSet:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        digest, about = json.loads(str(arrays["about"]))
        references = [
            Reference(
                one["mark"],
                one["lookalike"],
                tuple(one["shape"]),
                {int(side): _canvas(arrays, f"{n}.{side}.", drawn) for side, drawn in one["sides"].items()},
            )
            for n, one in enumerate(about)
        ]
        landmarks = Landmarks(*(arrays[name] for name in LANDMARK_FIELDS))
        return ReferenceSet(references, landmarks, arrays["hashes"], digest)


def _canvas(arrays: Mapping[str, Any], prefix: str, side: int) -> Canvas:
    drawn = {name: arrays[prefix + name] for name in CANVAS_FIELDS}
    height, width = drawn["field"].shape[:2]
    return Canvas(side, (width, height), **drawn)
