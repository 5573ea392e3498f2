"""The district's marks with their versions, and the lookalikes that are not the district's."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from records.canonical import digest
from records.errors import BadInput
from registry.models import NAME_LENGTH, Asset, AssetVersion, LookalikeImage
from registry.outbox import Decided, note
from registry.pictures import read_picture, suffix_of
from registry.values import Lookalike, Mark, References

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def add_mark(session: Session, mark_id: str, title: str, path: Path, decided: Decided) -> Mark:
    """A new mark, or a new version where the picture differs from the current one.

    Raises
    ------
    BadInput : for an id that cannot be, an empty title, or what is no picture.
    """
    _check_id(mark_id, title)
    picture = read_picture(path)
    asset = session.get(Asset, mark_id) or Asset(asset_id=mark_id, kind="mark", title=title)
    if asset.versions and asset.versions[-1].sha256 == picture.sha256:
        return _mark(asset)
    asset.title = title
    asset.versions.append(
        AssetVersion(
            version=len(asset.versions) + 1,
            media_type=picture.media_type,
            sha256=picture.sha256,
            content=picture.content,
            added_at=decided.at,
            added_by=decided.by,
        )
    )
    session.add(asset)
    session.flush()
    note(session, decided, "mark.added", mark_id, version=str(len(asset.versions)), sha256=picture.sha256)
    return _mark(asset)


def add_lookalike(session: Session, lookalike_id: str, title: str, path: Path, decided: Decided) -> Lookalike:
    """A new lookalike; the same picture again changes nothing.

    Raises
    ------
    BadInput : as for a mark, or when the id stands for another picture.
    """
    _check_id(lookalike_id, title)
    picture = read_picture(path)
    row = session.get(LookalikeImage, lookalike_id)
    if row is not None:
        if row.sha256 == picture.sha256:
            return _lookalike(row)
        raise BadInput(f"The lookalike '{lookalike_id}' is another picture", "Choose another id")
    row = LookalikeImage(
        lookalike_id=lookalike_id,
        title=title,
        media_type=picture.media_type,
        sha256=picture.sha256,
        content=picture.content,
        added_at=decided.at,
        added_by=decided.by,
    )
    session.add(row)
    note(session, decided, "lookalike.added", lookalike_id, sha256=picture.sha256)
    return _lookalike(row)


def marks(session: Session) -> list[Mark]:
    """The current version of each mark, by id."""
    rows = select(Asset).order_by(Asset.asset_id).options(selectinload(Asset.versions))
    return [_mark(row) for row in session.scalars(rows)]


def lookalikes(session: Session) -> list[Lookalike]:
    """The lookalikes, by id."""
    return [_lookalike(row) for row in session.scalars(select(LookalikeImage).order_by(LookalikeImage.lookalike_id))]


def materialise(session: Session, folder: Path) -> References:
    """The reference pictures as files under ``folder``, named by content; what is there already stays."""
    found: dict[str, list[Path]] = {}
    for version in session.scalars(select(AssetVersion).order_by(AssetVersion.asset_id, AssetVersion.version)):
        found.setdefault(version.asset_id, []).append(_written(folder / "marks" / version.asset_id, version))
    others = {
        row.lookalike_id: _written(folder / "lookalikes" / row.lookalike_id, row)
        for row in session.scalars(select(LookalikeImage).order_by(LookalikeImage.lookalike_id))
    }
    names = {
        "marks": {mark: [p.stem for p in paths] for mark, paths in found.items()},
        "lookalikes": {name: path.stem for name, path in others.items()},
    }
    return References(found, others, digest(names))


def _written(folder: Path, picture: AssetVersion | LookalikeImage) -> Path:
    path = folder / f"{picture.sha256}{suffix_of(picture.media_type)}"
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == picture.sha256:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
        part.write(picture.content)
    return Path(part.name).replace(path)


def _check_id(name: str, title: str) -> None:
    if not _ID.fullmatch(name):
        raise BadInput(f"'{name}' cannot be an id", "Use small letters, digits, - and _, at most 64")
    if not 0 < len(title.strip()) <= NAME_LENGTH:
        raise BadInput(f"'{name}' has no title", "Say in a few words what it shows")


def _mark(asset: Asset) -> Mark:
    last = asset.versions[-1]
    return Mark(asset.asset_id, asset.title, last.version, last.media_type, last.sha256, last.added_at, last.added_by)


def _lookalike(row: LookalikeImage) -> Lookalike:
    return Lookalike(row.lookalike_id, row.title, row.media_type, row.sha256, row.added_at, row.added_by)
