"""The district's photographs, each hashed once: what is known of them is kept on disk by content and version."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from detectors.arrays import Packed
from detectors.images import decode
from detectors.photos import VERSION, PhotoIndex, library_hashes
from records.errors import BadInput

Known = dict[str, Packed]
_DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
_NOTHING = np.zeros((0, 8), np.uint64)


def library(photos: Mapping[str, Sequence[Path]], folder: Path) -> PhotoIndex:
    """An index of the photographs in all their versions; what cannot be told from others is not in it.

    Parameters
    ----------
    photos : a photograph's id and the files of its versions.
    folder : where hashes are kept from time to time; a damaged file there is made anew.
    """
    path = folder / f"photographs-{VERSION}.npz"
    known = _load(path)
    files = [(name, file, _sha256(file)) for name, versions in sorted(photos.items()) for file in versions]
    missing = {content: file for _, file, content in files if content not in known}
    if missing:
        known |= {content: _hashed(file) for content, file in missing.items()}
        _save({content: known[content] for _, _, content in files}, path)
    names = sorted(photos)
    rows = [np.full(len(known[content]), names.index(name)) for name, _, content in files]
    hashes = [known[content] for _, _, content in files]
    return PhotoIndex(names, np.concatenate([np.zeros(0, np.int64), *rows]), np.concatenate([_NOTHING, *hashes]))


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _hashed(file: Path) -> Packed:
    try:
        return library_hashes(decode(file)[0])
    except BadInput:
        return _NOTHING


def _load(path: Path) -> Known:
    with contextlib.suppress(*_DAMAGED), path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        split = np.split(arrays["hashes"], np.cumsum(arrays["counts"])[:-1])
        return dict(zip(arrays["contents"].tolist(), split, strict=True))
    return {}


def _save(known: Known, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.tmp")
    with half.open("wb") as out:
        np.savez(
            out,
            contents=np.array(list(known)),
            counts=np.array([len(hashes) for hashes in known.values()]),
            hashes=np.concatenate([_NOTHING, *known.values()]),
        )
    half.replace(path)
