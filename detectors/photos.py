"""Finds re-posts of the district's own photographs (clause 4.9): re-encoded, resized, cropped, framed, mirrored.

The hash is imagehash's 256-bit ``phash``. Pictures of one composition, such as a horizon, can be near in it, so a
second hash must be near too: which cells of the picture are lighter than those around them. A photograph is kept under
the hashes of thirty-five windows of it, so that a copy cropped by a tenth lies near to one of them; a picture is looked
up as it is, without what is small in it (letters), without its even borders, and as what may be the photograph in a
screenshot, each also mirrored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import imagehash
import numpy as np

from detectors.arrays import Floats, Ints, Packed, Pixels
from detectors.images import decode
from records.errors import BadInput

VERSION = "4"
SIDE = 16  # low frequencies a side: 256 bits
SAMPLED = 64  # pixels a side that the cosine transform sees, as in imagehash
THUMBNAIL = 160  # pixels a side from which the windows are cut
WINDOWS = ((0.05, 3), (0.1, 5))  # shares of the sides that a copy may lack, and at how many places along each
LETTERS = 9  # pixels of a thumbnail: what is less than half as wide is no part of the photograph
RADIUS = 44  # Hamming distance of 256 up to which a picture is the same
CONTRAST_RADIUS = 60  # Hamming distance of 256 of the second hash: changed copies lie within 55, strangers round 128
AROUND = 5  # cells a side that a cell is compared with
PHASH, CONTRAST = slice(0, 4), slice(4, 8)  # words of a row of hashes
EXACT = 31  # up to here the search cannot miss: sixteen keys, each tried with one bit flipped
BUSY = 3.0  # mean difference between neighbours on a 16 x 16 reduction under which a picture says nothing
SMALLEST = 32  # pixels, shorter side of what may be a photograph
TABLES, KEY_BITS = 16, 16
EVEN = 6.0  # grey levels: a row or column that varies less is border or page


class TooPlain(BadInput):
    """A picture so even that its hash would equal those of many others."""


@dataclass(frozen=True, slots=True)
class PhotoMatch:
    """A library photograph, the Hamming distance of 256 bits, and the hash of the picture in imagehash's hex form."""

    photo: str
    distance: int
    mirrored: bool
    image_hash: str


class PhotoIndex:
    """An immutable index of photographs; :meth:`of` makes one.

    Parameters
    ----------
    names : photograph of each row of ``hashes``, by number in ``photos``.
    hashes : (n, 8) words of 64 bits, as :func:`window_hash` makes them.
    """

    def __init__(self, photos: list[str], names: Ints, hashes: Packed) -> None:
        self.photos, self._names = photos, names
        self._hashes, self._contrasts = (np.ascontiguousarray(hashes[:, part]) for part in (PHASH, CONTRAST))
        keys = self._hashes.view(np.uint16)
        self._order = [np.argsort(keys[:, t], kind="stable").astype(np.int32) for t in range(TABLES)]
        every = np.arange((1 << KEY_BITS) + 1)
        self._start = [np.searchsorted(keys[o, t], every) for t, o in enumerate(self._order)]

    @classmethod
    def of(cls, photos: Iterable[tuple[str, bytes | Path]]) -> tuple[PhotoIndex, dict[str, str]]:
        """An index of ``photos``, and why some of them were left out (undecodable, too plain)."""
        names: list[str] = []
        hashes: list[Packed] = []
        refused: dict[str, str] = {}
        for name, content in photos:
            try:
                hashes.append(library_hashes(decode(content)[0]))
                names.append(name)
            except BadInput as error:
                refused[name] = error.what
        rows = np.repeat(np.arange(len(names)), [len(h) for h in hashes] or 0)
        return cls(names, rows, np.concatenate(hashes) if hashes else np.zeros((0, 8), np.uint64)), refused

    def find(self, image: bytes | Path) -> list[PhotoMatch]:
        """The photographs that ``image`` shows, nearest first.

        Raises
        ------
        Undecodable : the image cannot be opened.
        TooPlain : the image is flat, or nearly.
        """
        return self.find_in(decode(image)[0])

    def find_in(self, view: Pixels) -> list[PhotoMatch]:
        """As :meth:`find`, of a decoded view."""
        picture = _grey(view)
        _refuse_plain(picture)
        best: dict[str, PhotoMatch] = {}
        for seen, mirrored in _query_windows(picture):
            for match in self.search(window_hash(seen), mirrored):
                if match.photo not in best or match.distance < best[match.photo].distance:
                    best[match.photo] = match
        return sorted(best.values(), key=lambda m: (m.distance, m.photo))

    def search(self, query: Packed, mirrored: bool = False) -> list[PhotoMatch]:
        """Photographs near to one window's hash (8 words); none is missed up to a distance of :data:`EXACT`."""
        keys = query[PHASH].view(np.uint16)
        rows = np.concatenate([self._bucket(table, int(keys[table])) for table in range(TABLES)])
        apart = distances(self._hashes[rows], query[PHASH])
        rows, apart = rows[apart <= RADIUS], apart[apart <= RADIUS]
        near = np.flatnonzero(distances(self._contrasts[rows], query[CONTRAST]) <= CONTRAST_RADIUS)
        near = near[np.argsort(apart[near], kind="stable")]
        _, first = np.unique(self._names[rows[near]], return_index=True)
        text = str(as_imagehash(query[PHASH]))
        return [
            PhotoMatch(self.photos[self._names[rows[i]]], int(apart[i]), mirrored, text) for i in near[np.sort(first)]
        ]

    def _bucket(self, table: int, key: int) -> Ints:
        start = self._start[table]
        keys = key ^ _FLIPS
        first, count = start[keys], start[keys + 1] - start[keys]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return np.asarray(self._order[table][np.repeat(first, count) + within], np.int64)


def distances(hashes: Packed, query: Packed) -> Ints:
    """(n,): Hamming distances of (n, 4) packed hashes from one."""
    counts = np.bitwise_count(hashes ^ query)
    total: Ints = counts[:, 0].astype(np.int64) + counts[:, 1] + counts[:, 2] + counts[:, 3]  # a sum over 4 is slower
    return total


def _flips() -> Ints:
    """All keys of 16 bits with at most one bit set."""
    return np.concatenate([[0], 1 << np.arange(KEY_BITS)]).astype(np.int64)


def _cosines() -> Floats:
    """(SIDE, SAMPLED): the lowest waves of a cosine transform."""
    at = (np.arange(SAMPLED) + 0.5) * np.pi / SAMPLED
    return np.cos(np.arange(SIDE)[:, None] * at).astype(np.float32)


def _lowest_first() -> Ints:
    """(256,) the bits of imagehash's hash in the order of their frequency: the first keys change least."""
    v, u = np.divmod(np.arange(SIDE * SIDE), SIDE)
    order: Ints = np.lexsort((v, u + v))
    return order


_FLIPS, _COSINES, _ORDER = _flips(), _cosines(), _lowest_first()


def packed_phash(grey: Floats) -> Packed:
    """``imagehash.phash(picture, hash_size=16)`` of a grey picture, as 4 words of 64 bits, low frequencies first."""
    small = cv2.resize(grey, (SAMPLED, SAMPLED), interpolation=cv2.INTER_AREA)
    low = _COSINES @ np.asarray(small, np.float32) @ _COSINES.T
    bits = low > np.median(low)
    packed: Packed = np.packbits(bits.ravel()[_ORDER], bitorder="little").view(np.uint64)
    return packed


def packed_contrast(grey: Floats) -> Packed:
    """Of 16 x 16 cells of a grey picture, which are lighter than those around them, as 4 words of 64 bits."""
    small = np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)
    lighter = small > cv2.blur(small, (AROUND, AROUND), borderType=cv2.BORDER_REFLECT)
    packed: Packed = np.packbits(lighter.ravel(), bitorder="little").view(np.uint64)
    return packed


def window_hash(grey: Floats) -> Packed:
    """Both hashes of a window of a grey picture, as 8 words."""
    return np.concatenate([packed_phash(grey), packed_contrast(grey)])


def as_imagehash(packed: Packed) -> imagehash.ImageHash:
    """A packed hash as imagehash's type."""
    bits = np.zeros(SIDE * SIDE, bool)
    bits[_ORDER] = np.unpackbits(packed.view(np.uint8), bitorder="little")
    return imagehash.ImageHash(bits.reshape(SIDE, SIDE))


def library_hashes(view: Pixels) -> Packed:
    """(n, 8): the hashes that a photograph is kept under; TooPlain where it is flat, or nearly."""
    grey = _grey(view)
    _refuse_plain(grey)
    windows = [*_library_windows(_thumbnail(grey)), *_cut_out(grey)]
    return np.stack([window_hash(window) for window in windows])


def _thumbnail(picture: Floats) -> Floats:
    small = cv2.resize(picture, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _library_windows(picture: Floats) -> Iterator[Floats]:
    """The picture, and windows of 95 and 90% of its sides at several places each."""
    yield picture
    for share, places in WINDOWS:
        free = round(share * THUMBNAIL)
        side = THUMBNAIL - free
        for y in range(0, free + 1, free // (places - 1)):
            for x in range(0, free + 1, free // (places - 1)):
                yield picture[y : y + side, x : x + side]


def _query_windows(picture: Floats) -> Iterator[tuple[Floats, bool]]:
    for window in (picture, _unlettered(picture), *_cut_out(picture)):
        yield window, False
        yield window[:, ::-1], True


def _unlettered(picture: Floats) -> Floats:
    """The picture without what is small in it, such as letters laid over it."""
    return np.asarray(cv2.medianBlur(_thumbnail(picture).astype(np.uint8), LETTERS), np.float32)


def _cut_out(picture: Floats) -> list[Floats]:
    """What may be the photograph in a frame or a screenshot; each part once, and none that is small or plain."""
    parts = {cut(picture): None for cut in _CUTS}
    whole = (0, picture.shape[0], 0, picture.shape[1])
    seen = [picture[y0:y1, x0:x1] for y0, y1, x0, x1 in parts if (y0, y1, x0, x1) != whole]
    return [part for part in seen if min(part.shape) >= SMALLEST and not _plain(part)]


def _grey(view: Pixels) -> Floats:
    return np.asarray(cv2.cvtColor(view, cv2.COLOR_RGB2GRAY), np.float32)


def _refuse_plain(grey: Floats) -> None:
    if _plain(grey):
        raise TooPlain("the picture is too even to be told from others", "Keep it out of the library of photographs")


def _plain(grey: Floats) -> bool:
    small = np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float64)
    busy = np.abs(np.diff(small, axis=0)).mean() + np.abs(np.diff(small, axis=1)).mean()
    return bool(busy < BUSY)


def _without_border(picture: Floats) -> tuple[int, int, int, int]:
    """(y0, y1, x0, x1) of what is left when even rows and columns are taken off the sides."""
    rows = np.flatnonzero(picture.std(1) > EVEN)
    columns = np.flatnonzero(picture.std(0) > EVEN)
    if not len(rows) or not len(columns):
        return 0, picture.shape[0], 0, picture.shape[1]
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _busiest(picture: Floats) -> tuple[int, int, int, int]:
    """(y0, y1, x0, x1) of a screenshot's picture: the tallest run of rows whose ends are not the page's."""
    page = np.median(picture[:, [0, -1]])
    other = np.abs(picture - page) > EVEN
    y0, y1 = _longest_run(other.mean(1) > 0.6)
    x0, x1 = _longest_run(other[y0:y1].mean(0) > 0.6) if y1 > y0 else (0, 0)
    return y0, y1, x0, x1


def _tallest(picture: Floats) -> tuple[int, int, int, int]:
    """(y0, y1, x0, x1) of a screenshot's picture: the tallest run of uneven rows, for lines of text are short."""
    y0, y1 = _longest_run(picture.std(1) > EVEN)
    x0, x1 = _longest_run(picture[y0:y1].std(0) > EVEN) if y1 > y0 else (0, 0)
    return y0, y1, x0, x1


def _largest(picture: Floats) -> tuple[int, int, int, int]:
    """(y0, y1, x0, x1) round the largest connected thing that is not page; pale photographs touch an edge somewhere."""
    page = np.median(picture[:, [0, -1]])
    thing = (np.abs(picture - page) > EVEN).astype(np.uint8)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(thing, cv2.MORPH_CLOSE, np.ones((5, 5))))
    if len(boxes) < 2:
        return 0, 0, 0, 0
    x, y, width, height, _ = (int(v) for v in boxes[1:][boxes[1:, 4].argmax()])
    return y, y + height, x, x + width


_CUTS = (_without_border, _busiest, _tallest, _largest)


def _longest_run(flags: np.typing.NDArray[np.bool_]) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.r_[0, flags.astype(np.int8), 0]))
    runs = edges.reshape(-1, 2)
    if not len(runs):
        return 0, 0
    start, stop = runs[np.argmax(runs[:, 1] - runs[:, 0])]
    return int(start), int(stop)
