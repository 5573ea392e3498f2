"""A zip of CSV files from outside, opened with suspicion: names, sizes and contents are somebody else's."""

from __future__ import annotations

import hashlib
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

from records.errors import BadInput
from registry.csvfile import MAX_LINE_BYTES

MAX_FILES = 200
MAX_FILE_BYTES = 2 << 30
MAX_RATIO = 200
RATIO_FROM_BYTES = 1 << 20
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,  # an unknown compression
    RuntimeError,  # encrypted
    OSError,
    ValueError,
    OverflowError,
)


class CsvZip:
    """An opened zip whose members are read line by line and never written anywhere.

    Raises
    ------
    BadInput : when it is not a zip, is encrypted or damaged, holds a name that leaves its folder or
        stands twice, or unpacks to more than ``MAX_FILE_BYTES`` or ``MAX_RATIO`` times its size.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        with self._explained(self.name):
            self.sha256 = _sha256(path)
            self._zip = zipfile.ZipFile(path)
        self._opened = ExitStack()
        self._opened.enter_context(self._zip)
        try:
            self._check(self._zip.infolist())
        except BadInput:
            self.close()
            raise

    def close(self) -> None:
        """Close the file, and the members that were not read to their end."""
        self._opened.close()

    def __contains__(self, member: str) -> bool:
        return member in self._zip.namelist()

    def lines(self, member: str) -> Iterator[bytes]:
        """The lines of a member that is there."""
        with self._explained(f"{member} in {self.name}"):
            stream = self._opened.enter_context(self._zip.open(member))
            while line := stream.readline(MAX_LINE_BYTES + 1):
                yield line

    def _check(self, infos: list[zipfile.ZipInfo]) -> None:
        names = [info.filename for info in infos]
        if len(names) > MAX_FILES:
            self._refuse(f"it holds {len(names)} files")
        for info in infos:
            path = PurePosixPath(info.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or ":" in info.filename:
                self._refuse(f"the name {info.filename!r} in it leaves its folder")
            if names.count(info.filename) > 1:
                self._refuse(f"{info.filename!r} stands in it twice")
            most = max(RATIO_FROM_BYTES, MAX_RATIO * info.compress_size)
            if info.file_size > min(MAX_FILE_BYTES, most):
                self._refuse(f"{info.filename!r} in it unpacks to {info.file_size:,} bytes")

    def _refuse(self, reason: str) -> None:
        raise BadInput(f"{self.name} is refused: {reason}", "Export the roster again and send that zip as it is")

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """The faults of a zip as one BadInput."""
        try:
            yield
        except _FAULTS as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            todo = "Give the OneRoster zip as your student system exports it"
            raise BadInput(f"{what} cannot be read: {reason}", todo) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
