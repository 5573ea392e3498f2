"""Pictures from the registry as files that a detector or the darkroom can open, under names of their content."""

from __future__ import annotations

import tempfile
from pathlib import Path

from registry.pictures import Picture, suffix_of


def as_file(folder: Path, picture: Picture) -> Path:
    """``picture`` as a file in ``folder``; written once, whole or not at all."""
    path = folder / f"{picture.sha256}{suffix_of(picture.media_type)}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
            part.write(picture.content)
        Path(part.name).replace(path)
    return path
