"""kill -9 at random instants of a whole cycle: land, load, sign, seal, publish, index, back up; then look for losses.

A bounded sample runs in the tests; the long run is ``python tests/faults/torture.py --kills 1000``.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive_kit import NOW, page, parse, post, rows

from warehouse import database
from warehouse.backup import backup, restore
from warehouse.cursors import Cursors
from warehouse.digest import TableDigest, table_digests
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer
from warehouse.publish import open_published, publish
from warehouse.seal import seal
from warehouse.search import Search
from warehouse.verify import verify

POSTS_A_BATCH = 40
KILLS_A_PACE = 5
KILLS_A_LIFE = 25
DAYS_A_CYCLE = 100
"""So a year is over, and sealed, every few cycles."""
SIGNER = new_signer("torture")


@dataclass
class Tally:
    """What was acknowledged by the killed, and what was found of it. ``published`` is the highest of one life."""

    kills: int = 0
    sealed: int = 0
    landed: int = 0
    published: int = 0
    losses: tuple[str, ...] = ()


def cycle(folder: Path, number: int, say: Callable[[str], None]) -> None:
    """One collection, with a word after each step that was acknowledged to its caller."""
    landing, at = Landing(folder), NOW + timedelta(days=DAYS_A_CYCLE * number)
    posts = [post(number * POSTS_A_BATCH + n, f"text {number} {n}" * 20) for n in range(POSTS_A_BATCH)]
    batch = landing.land("x", [page(at, *posts)], at)
    say(f"landed {batch.batch_id}")
    say(f"media {landing.land_media(str(number).encode() * 9000)}")
    Cursors(folder).move("x:1", {"batch": batch.batch_id})
    load(folder, parse, NOW)
    Ledger(folder).record(SIGNER)
    for year in seal(folder, parse, at):
        say(f"sealed {year}")
    publish(folder)
    say(f"published {number + 1}")
    with closing(open_published(folder)) as reader:
        Search(folder, reader).update()
    say(f"indexed {number + 1}")
    backup(folder, backup_of(folder))
    say(f"backed-up {batch.batch_id}")


def backup_of(folder: Path) -> Path:
    """Where the torture's backups go."""
    return folder.with_name(f"{folder.name}-backup")


def killed_somewhere(folder: Path, start: int, delay: float) -> list[str]:
    """What a child said before it was killed ``delay`` seconds into its cycles from number ``start`` on."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            for number in range(start, start + 1000):
                cycle(folder, number, lambda word: os.write(writer, f"{word}\n".encode()) and None)
        os._exit(1)
    os.close(writer)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read().splitlines()


def look(folder: Path, words: list[str], tally: Tally) -> None:
    """Whether all that was acknowledged is there, and readers see whole loads only."""
    landing = Landing(folder)
    paths = landing.paths()
    said = [(word, value) for word, value in (line.split() for line in words)]
    tally.landed += sum(word == "landed" for word, _ in said)
    tally.sealed += sum(word == "sealed" for word, _ in said)
    tally.published = max([tally.published, *(int(value) for word, value in said if word == "published")])
    there = {
        "landed": lambda value: value in paths,
        "media": lambda value: landing.media_path(value).exists(),
        "backed-up": lambda value: value in Landing(backup_of(folder)).paths(),
    }
    tally.losses += tuple(f"{word} {value} is not there" for word, value in said if not there.get(word, bool)(value))
    for batch in landing.batches():
        list(landing.read(batch))  # raises where a batch that can be seen is not whole
    cursor = Cursors(folder).get("x:1").get("batch")
    if cursor and cursor not in paths:
        tally.losses += (f"the cursor moved to {cursor}, which is not there",)
    if tally.published:
        look_as_a_reader(folder, tally)


def look_as_a_reader(folder: Path, tally: Tally) -> None:
    """Whether the published copy holds whole loads, and all that were published."""
    with closing(open_published(folder)) as reader:
        batches, posts = reader.execute("SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM post)").fetchone()
    if posts != batches * POSTS_A_BATCH or batches < tally.published:
        tally.losses += (f"a reader saw {posts} posts of {batches} batches, {tally.published} were published",)


def timed(folder: Path, tally: Tally) -> float:
    """How many seconds one whole cycle takes here and now, so that kills fall on every part of it."""
    words: list[str] = []
    began = time.monotonic()
    cycle(folder, len(Landing(folder).paths()), words.append)
    elapsed = time.monotonic() - began
    look(folder, words, tally)
    return elapsed


def torture(folder: Path, kills: int, seed: int, say: Callable[[str], object] = str) -> Tally:
    """Kill ``kills`` times, looking after each; every so many kills load and verify everything, ``say`` how far it
    is, and begin anew."""
    dice = random.Random(seed)
    tally = Tally()
    for number in range(kills):
        district = folder / str(number // KILLS_A_LIFE)
        if number % KILLS_A_LIFE == 0:
            tally.published = 0
        if number % KILLS_A_PACE == 0:
            pace = timed(district, tally)
        words = killed_somewhere(district, len(Landing(district).paths()), dice.uniform(0, 1.5 * pace))
        tally.kills += 1
        look(district, words, tally)
        if tally.kills % KILLS_A_LIFE == 0 or tally.kills == kills:
            finish(district, tally)
            say(f"{tally.kills} of {kills} kills, {tally.landed} batches acknowledged, {len(tally.losses)} losses")
    return tally


def finish(folder: Path, tally: Tally) -> None:
    """The run after the last kill is complete: nothing is lost, nothing is there twice, and its backup is as whole."""
    load(folder, parse, NOW)
    Ledger(folder).record(SIGNER)
    seal(folder, parse, NOW + timedelta(days=DAYS_A_CYCLE * len(Landing(folder).paths())))
    publish(folder)
    batches = len(Landing(folder).paths())
    expected = batches, batches * POSTS_A_BATCH, batches * POSTS_A_BATCH
    statement = "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM post_version),"
    (found,) = rows(folder, f"{statement} (SELECT count(DISTINCT record_id) FROM record_current)")
    if found != expected:
        tally.losses += (f"expected {expected} batches, versions and records, found {found}",)
    verify(folder, parse, SIGNER.verifier(), NOW)
    with closing(open_published(folder)) as reader:
        search = Search(folder, reader)
        search.update()
        hits = {hit.record_id for hit in search.find("text", limit=10 * expected[1])}
    if len(hits) != expected[1]:
        tally.losses += (f"{len(hits)} of {expected[1]} posts are found by the index",)
    backup(folder, backup_of(folder))
    restored = folder.with_name(f"{folder.name}-restored")
    restore(backup_of(folder), restored)
    load(restored, parse, NOW)
    verify(restored, parse, SIGNER.verifier(), NOW)
    sealed, unsealed = (digests(each) for each in (folder, restored))
    if sealed != unsealed:
        tally.losses += ("the sealed archive and the restored one, where no year is sealed, differ",)


def digests(folder: Path) -> dict[str, TableDigest]:
    """The digest of each table of the whole archive."""
    with closing(database.joined(database.archive_path(folder))) as archive:
        return table_digests(archive)


def main() -> int:
    """Run from the command line; exits 1 where anything was lost."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        tally = torture(Path(place) / "data", chosen.kills, chosen.seed, partial(print, flush=True))
    print(
        f"{tally.kills} kills in {time.monotonic() - began:.0f} s (seed {chosen.seed}): {tally.landed} batches "
        f"acknowledged, {tally.sealed} years sealed, {len(tally.losses)} losses"
    )
    print(*tally.losses, sep="\n")
    return bool(tally.losses)


if __name__ == "__main__":
    sys.exit(main())
