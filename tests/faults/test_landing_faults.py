"""Landing on a disk that is full or fails: one clear line, nothing half-written, and the next try is whole."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from archive_kit import NOW, page, post

from records.errors import LandingFailed
from warehouse import durable
from warehouse.cursors import Cursors
from warehouse.landing import Landing

LAND_ON_A_FULL_DISK = """
import json, os, sys
from contextlib import suppress
from pathlib import Path
from archive_kit import NOW, page, post
from records.errors import LandingFailed
from warehouse.cursors import Cursors
from warehouse.landing import Landing

folder = Path(sys.argv[1])
landing, cursors = Landing(folder), Cursors(folder)
first = landing.land("x", [page(NOW, post(1))], NOW)
cursors.move("x:1", {"posts": "1"})
filler = folder / "filler"
with filler.open("wb", buffering=0) as file, suppress(OSError):
    while True:
        file.write(bytes(512))
said = []
big = [page(NOW, post(n, os.urandom(300).hex())) for n in range(300)]
for act in (
    lambda: landing.land("x", big, NOW),
    lambda: landing.land_media(os.urandom(100_000)),
    lambda: cursors.move("x:1", {"posts": "2" * 9000}),
):
    try:
        act()
    except LandingFailed as error:
        said.append(str(error))
left = sorted(p.name for p in folder.rglob("*") if p.is_file())
cursor = cursors.get("x:1")
filler.unlink()
again = landing.land("x", big[:20], NOW)
print(json.dumps({
    "said": said, "left": left, "first": first.path.name, "cursor": cursor,
    "after": [e == b for (_, e), b in zip(landing.read(again), big)],
}))
"""


def on_a_small_disk(script: str, folder: Path, size: str) -> dict[str, object]:
    """What ``script`` printed, run in a mount namespace of its own where ``folder`` is a disk of this ``size``."""
    mount = f'mount -t tmpfs -o size={size} tmpfs "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(folder), sys.executable, script]
    tests = str(Path(__file__).resolve().parent.parent)
    try:
        done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": tests}, check=False)
    except FileNotFoundError:
        pytest.skip("no unshare(1) here to mount a small disk with")
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"this machine forbids a mount of one's own: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_full_disk_is_one_clear_line_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    seen = on_a_small_disk(LAND_ON_A_FULL_DISK, tmp_path, "256k")
    assert len(seen["said"]) == 3  # type: ignore[arg-type]
    for line in seen["said"]:  # type: ignore[attr-defined]
        assert line.endswith("(No space left on device). Free some space, then run again.")
        assert "\n" not in line
    assert seen["left"] == sorted(["filler", seen["first"], "x%3A1.json"])  # type: ignore[list-item]
    assert seen["cursor"] == {"posts": "1"}
    assert seen["after"] == [True] * 20


def test_a_file_that_may_not_grow_leaves_no_temporary_file(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(LandingFailed, match="File too large"):
            Landing(tmp_path).land_media(b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_folder_that_is_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "landing").write_text("not a folder")
    with pytest.raises(LandingFailed, match="Mend the folder or its permissions, then run again"):
        Landing(tmp_path).land("x", [page(NOW, post(1))], NOW)


def test_a_write_that_is_interrupted_from_within_leaves_the_old_content(tmp_path: Path) -> None:
    def parts() -> object:
        yield b"half"
        raise KeyboardInterrupt

    path = tmp_path / "file"
    durable.write(path, [b"old"])
    with pytest.raises(KeyboardInterrupt):
        durable.write(path, parts(), overwrite=True)  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_what_a_killed_writer_left_is_taken_over(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    whole = landing.land("x", [page(NOW, post(1))], NOW)
    content = whole.path.read_bytes()
    whole.path.rename(whole.path.with_name(f".{whole.path.name}.tmp"))
    whole.path.with_name(f".{whole.path.name}.tmp").chmod(0o600)
    again = landing.land("x", [page(NOW, post(1))], NOW)
    assert [e for _, e in landing.read(again)] == [page(NOW, post(1))]
    assert [p.name for p in whole.path.parent.iterdir()] == [whole.path.name]
    assert len(content) > 0


def test_a_cursor_is_moved_whole_or_not_at_all(tmp_path: Path) -> None:
    cursors = Cursors(tmp_path)
    cursors.move("x:1", {"posts": "1"})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(LandingFailed, match="could not be moved"):
            cursors.move("x:1", {"posts": "2" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert cursors.get("x:1") == {"posts": "1"}
