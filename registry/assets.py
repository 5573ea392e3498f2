"""The district's marks and photographs with their versions, and the lookalikes that are not the district's."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import ScalarResult, select
from sqlalchemy.orm import Session, selectinload

from records.canonical import digest
from records.errors import BadInput
from registry.models import NAME_LENGTH, Asset, AssetVersion, LookalikeImage
from registry.outbox import Decided, note
from registry.pictures import Picture, read_picture, suffix_of
from registry.values import Lookalike, Mark, Photograph, Photographs, References

MARK, PHOTOGRAPH = "mark", "photograph"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def add_mark(session: Session, mark_id: str, title: str, path: Path, decided: Decided) -> Mark:
    """A new mark, or a new version where the picture differs from the current one.

    Raises
    ------
    BadInput : for an id that cannot be, an empty title, or what is no picture.
    """
    return _mark(_add_version(session, MARK, mark_id, title, path, decided))


def add_photograph(session: Session, photo_id: str, title: str, path: Path, decided: Decided) -> Photograph:
    """A new photograph of the district's, or a new version of one; raises as :func:`add_mark`."""
    return _photograph(_add_version(session, PHOTOGRAPH, photo_id, title, path, decided))


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
    return [_mark(row) for row in _assets(session, MARK)]


def photographs(session: Session) -> list[Photograph]:
    """The current version of each photograph, by id."""
    return [_photograph(row) for row in _assets(session, PHOTOGRAPH)]


def picture(session: Session, asset_id: str) -> Picture:
    """The current picture of a mark or a photograph; BadInput where there is none of that id."""
    asset = session.get(Asset, asset_id)
    if asset is None:
        raise BadInput(f"There is no mark or photograph '{asset_id}'", "See the list of marks")
    last = asset.versions[-1]
    return Picture(last.content, last.media_type, last.sha256)


def lookalikes(session: Session) -> list[Lookalike]:
    """The lookalikes, by id."""
    return [_lookalike(row) for row in session.scalars(select(LookalikeImage).order_by(LookalikeImage.lookalike_id))]


def materialise(session: Session, folder: Path) -> References:
    """The reference pictures as files under ``folder``, named by content; what is there already stays."""
    found = _files(session, MARK, folder / "marks")
    others = {
        row.lookalike_id: _written(folder / "lookalikes" / row.lookalike_id, row)
        for row in session.scalars(select(LookalikeImage).order_by(LookalikeImage.lookalike_id))
    }
    names = {
        "marks": _names(found),
        "lookalikes": {name: path.stem for name, path in others.items()},
    }
    return References(found, others, digest(names))


def materialise_photographs(session: Session, folder: Path) -> Photographs:
    """The district's photographs as files under ``folder``, as :func:`materialise` does for marks."""
    found = _files(session, PHOTOGRAPH, folder / "photographs")
    return Photographs(found, digest(_names(found)))


def _add_version(session: Session, kind: str, asset_id: str, title: str, path: Path, decided: Decided) -> Asset:
    _check_id(asset_id, title)
    picture = read_picture(path)
    asset = session.get(Asset, asset_id) or Asset(asset_id=asset_id, kind=kind, title=title)
    if asset.kind != kind:
        raise BadInput(f"'{asset_id}' is a {asset.kind}, not a {kind}", "Choose another id")
    if asset.versions and asset.versions[-1].sha256 == picture.sha256:
        return asset
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
    note(session, decided, f"{kind}.added", asset_id, version=str(len(asset.versions)), sha256=picture.sha256)
    return asset


def _assets(session: Session, kind: str) -> ScalarResult[Asset]:
    rows = select(Asset).where(Asset.kind == kind).order_by(Asset.asset_id)
    return session.scalars(rows.options(selectinload(Asset.versions)))


def _files(session: Session, kind: str, folder: Path) -> dict[str, list[Path]]:
    """All versions of each asset of that kind as files under ``folder``, the oldest first."""
    return {a.asset_id: [_written(folder / a.asset_id, v) for v in a.versions] for a in _assets(session, kind)}


def _names(files: Mapping[str, Sequence[Path]]) -> dict[str, list[str]]:
    return {asset_id: [path.stem for path in paths] for asset_id, paths in files.items()}


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


def _photograph(asset: Asset) -> Photograph:
    last = asset.versions[-1]
    added = (last.added_at, last.added_by)
    return Photograph(asset.asset_id, asset.title, last.version, last.media_type, last.sha256, *added)


def _lookalike(row: LookalikeImage) -> Lookalike:
    return Lookalike(row.lookalike_id, row.title, row.media_type, row.sha256, row.added_at, row.added_by)
