"""The console's pages over a large archive: `python -m benchmarks console [--versions 10000000] [--json FILE]`.

The archive is drawn as for `benchmarks.report`, with as many observations as a district has in years; its registry
has 10,000 accounts with their proofs, thousands of reviews and hundreds of permissions. The console answers on
loopback from a process of its own, and one client asks for the pages of every office in turn, signed in: another
observation, search and page of the list each time; a page counts with the drawings that it shows. Then the same while
another process lands, loads and publishes without a pause. Prints a table, and JSON for a record.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import pickle
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from multiprocessing import Queue, get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import httpx
from PIL import Image

from benchmarks.report import ACCOUNTS, NOW, TERM, archive
from records.model import Envelope, Platform, Post, Record
from registry import Registry
from registry.models import Consent, Org, Person, RegisteredRow
from registry.review_values import CONTACTED, DISMISSED, Change
from registry.users import Role, UserDraft
from warehouse import database
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.publish import open_published, publish
from warehouse.search import Search

OBSERVATIONS, REVIEWED, COMMENTS, PERMISSIONS = 20_000, 5_000, 1_000_000, 300
LOGIN, PASSWORD = "bench", "a long enough password"
SPAWN = get_context("spawn")


def fill(folder: Path, versions: int, indexed: int) -> None:
    """The data folder: a published archive, an index of its newest ``indexed`` posts, a registry, and one picture."""
    file = database.archive_path(folder)
    file.parent.mkdir(parents=True)
    archive(file, versions)
    picture = Landing(folder).land_media(_jpeg())
    _more(file, versions, indexed, picture)
    publish(folder)
    with open_published(folder) as published:
        told("indexed", lambda: Search(folder, published).update())
    told("registered", lambda: _register(folder))


def _more(file: Path, versions: int, indexed: int, picture: str) -> None:
    """Comments under the newest posts, and observations: one in ten in the same picture, one in four a relationship."""
    with duckdb.connect(file) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false; DELETE FROM observation")
        connection.execute("INSERT INTO batch VALUES ('drawn', 'test', $now, 1, 'drawn')", {"now": NOW})
        connection.execute(
            "UPDATE post_version SET batch_id = 'drawn', line = 1"
            " WHERE created_at >= $now::TIMESTAMPTZ - to_seconds($indexed / $versions * 700 * 86400.0)",
            {"indexed": indexed, "versions": versions, "now": NOW},
        )
        connection.execute(
            """
            INSERT INTO comment_version BY NAME
            SELECT 'x:comment:' || range AS record_id, range::VARCHAR AS version_id, 'x' AS platform,
                'x:post:' || (range % 50000 * 20 + $versions - 1000000) AS post_id, 'p' || range % 9999 AS author_id,
                'h' || range % 9999 AS author_handle, 'See you at the courtyard ' || range AS text,
                $now::TIMESTAMPTZ - to_seconds(range * 6) AS created_at, created_at AS first_seen_at,
                created_at AS last_seen_at, [] AS media_ids, md5('c' || range)::UUID AS content
            FROM range($comments)
            """,
            {"versions": versions, "comments": min(COMMENTS, versions), "now": NOW},
        )
        connection.execute(
            """
            INSERT INTO observation BY NAME
            SELECT sha256(n::VARCHAR) AS observation_id, 1 AS rule_version, 'x:' || n % $accounts AS account_id,
                CASE WHEN related THEN 'outbound-outside-community' ELSE 'logo-use' END AS rule,
                CASE WHEN related THEN '4.2' ELSE '4.9' END AS clause,
                CASE WHEN NOT related THEN 'x:post:' || ($versions - 20 - n * 20) END AS record_id,
                CASE WHEN related THEN 'x:9' || n ELSE 'seal' END AS subject,
                0.5 + n % 50 / 100.0 AS confidence, n % 5 > 0 AS strong,
                $now::TIMESTAMPTZ - to_hours(n % 2000) AS observed_at,
                CASE WHEN NOT related
                    THEN $now::TIMESTAMPTZ - to_seconds((20 + n * 20) * 700 * 86400.0 / $versions) END AS posted_at,
                CASE WHEN NOT related
                    THEN CASE WHEN n % 10 = 0 THEN $picture ELSE sha256('p' || n) END END AS media_sha256,
                CASE WHEN NOT related THEN [300, 200, 420, 320] END AS box,
                CASE WHEN related THEN '{"handle": "shop' || n || '", "kind": "follow"}' ELSE '{}' END AS details
            FROM (SELECT range::INTEGER AS n, range % 4 = 3 AS related FROM range($observations))
            """,
            {
                "versions": versions,
                "accounts": ACCOUNTS,
                "now": NOW,
                "picture": picture,
                "observations": min(OBSERVATIONS, versions // 40),
            },
        )


def _register(folder: Path) -> None:
    """Accounts, a mark and permissions for it, a user of every office, and reviews by two people."""
    with Registry.open(folder / "registry.sqlite") as registry:
        _accounts(registry)
        mark = folder / "seal.png"
        Image.new("RGB", (120, 120), "#7a1f2b").save(mark)
        registry.add_mark("seal", "District seal", mark, "it", TERM)
        for n in range(PERMISSIONS):
            registry.add_grant("seal", f"x:{n * 7}", f"Fair {n}", TERM, NOW + timedelta(days=n), "bench", TERM, "asked")
        draft = UserDraft(LOGIN, "Bench", frozenset(Role) - {Role.AUDITOR}, person_id="t17")
        registry.users.add(draft, "bench", TERM, PASSWORD)
        with open_published(folder) as published:
            rows = published.execute(
                "SELECT observation_id, rule, account_id, subject FROM observation ORDER BY observation_id LIMIT $n",
                {"n": REVIEWED},
            ).fetchall()
        for first in range(0, len(rows), 500):
            changes = [Change(*row, group="g", version=0) for row in rows[first : first + 500]]
            contacted = first % 1000 == 0
            registry.reviews.move(
                changes, CONTACTED if contacted else DISMISSED, "noor", NOW, reason="" if contacted else "harmless"
            )


def _accounts(registry: Registry) -> None:
    schools = [Org(sourced_id=f"s{n}", title=f"School {n}", type="school") for n in range(60)]
    people = [
        Person(sourced_id=f"t{n}", kind="staff", role="teacher", display_name=f"Teacher {n}") for n in range(ACCOUNTS)
    ]
    year = timedelta(days=365)
    accounts = [
        RegisteredRow(
            account_id=f"x:{n}",
            platform="x",
            platform_id=str(n),
            handle=f"school_{n}",
            owner_id=f"t{n}",
            school=f"s{n % 60}",
            purpose="news",
            credential="c",
            registered_at=TERM,
            state="active",
            consents=[Consent(method="letter", verified_at=TERM, expires_at=NOW + year, by="bench", recorded_at=TERM)],
        )
        for n in range(ACCOUNTS)
    ]
    with registry._database.write() as session:
        for some in (schools, people, accounts):
            session.add_all(some)
            session.flush()


def _jpeg() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def serve(folder: Path, address: Queue[str]) -> None:
    """The console, until its process is ended."""
    from hallpass.console import listening_on, opened_console, serve
    from hallpass.settings import Settings

    settings = replace(Settings.load({"HALLPASS_FOLDER": str(folder)}), clock=NOW, platform_url="http://127.0.0.1:9")
    with listening_on(0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with opened_console(settings, url, bytes(32)) as console:
            address.put(url)
            serve(console, listening)


def keep_loading(folder: Path, stop: Any, cycles: Queue[int]) -> None:
    """Land a thousand posts, load, publish, and again."""
    done = 0
    while not stop.is_set():
        land_and_load(folder, done)
        publish(folder)
        done += 1
    cycles.put(done)


def land_and_load(folder: Path, number: int) -> None:
    """A thousand new posts, other ones for each ``number``."""
    at = NOW + timedelta(seconds=number % 86_400)
    posts = [
        Post(f"x:post:new{number}-{n}", "1", Platform.X, f"x:{n}", str(n), "post", f"A new post {number} {n}", at)
        for n in range(1000)
    ]
    Landing(folder).land("test", [Envelope("test.page", pickle.dumps(posts), at)], at)
    load(folder, _parse, at)


def _parse(envelope: Envelope) -> Iterable[Record]:
    return pickle.loads(envelope.body)  # type: ignore[no-any-return]


def pages(folder: Path) -> dict[str, Iterator[str]]:
    """For each kind of page the addresses that are asked for, one after another."""
    with open_published(folder) as published:
        ids = published.execute(
            "SELECT observation_id, record_id, posted_at FROM observation USING SAMPLE reservoir(400) REPEATABLE (7)"
        ).fetchall()
        (picture,) = published.execute(
            "SELECT media_sha256 FROM observation WHERE media_sha256 IS NOT NULL GROUP BY ALL ORDER BY count(*) DESC"
        ).fetchone() or ("",)
    uses = [(i, r, at) for i, r, at in ids if r]
    related = [i for i, r, _ in ids if not r]
    root = "/communications"
    return {
        "the list": (f"{root}?page={n % 40 + 1}" for n in count()),
        "the list, narrowed": (f"{root}?clause=4.2&school=School+{n % 60}" for n in count()),
        "a use of a mark": (f"{root}/observations/{uses[n % len(uses)][0]}" for n in count()),
        "a relationship": (f"{root}/observations/{related[n % len(related)]}" for n in count()),
        "a post": (f"{root}/posts/{uses[-n % len(uses)][1]}" for n in count(1)),
        "a search": (f"{root}/search?words=night+{10_007 * n}" for n in count(1)),
        "a search for many": (f"{root}/search?words=courtyard&account=x:{n}" for n in count()),
        "the weeks": (f"{root}/trends" for _ in count()),
        "the reports": (f"{root}/reports" for _ in count()),
        "IT's register": (f"/it?page={n % 100 + 1}" for n in count()),
        "the register, narrowed": (f"/it?q=teacher+{n}" for n in count(100)),
        "an account": (f"/it/accounts/x:{n}" for n in count(100)),
        "coverage": (f"/it/coverage?page={n % 100 + 1}" for n in count()),
        "registering": ("/it/register" for _ in count()),
        "users": ("/it/users" for _ in count()),
        "leavers": ("/it/leavers" for _ in count()),
        "what waits for approval": ("/superintendent" for _ in count()),
        "the calendar": (f"/superintendent/calendar?day=2026-12-{n % 28 + 1:02}" for n in count()),
        "the officer's requests": ("/records" for _ in count()),
        "retention": ("/records/retention" for _ in count()),
        "my accounts": ("/staff" for _ in count()),
        "my account": ("/staff/accounts/x:17" for _ in count()),
        "asking": ("/staff/requests" for _ in count()),
        "a picture": (f"/pictures/middle/{picture}.jpg?box={n}.{n}.200.200" for n in count()),
    }


def measure(client: httpx.Client, pid: int, asked: dict[str, Iterator[str]], times: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each kind of page: the first one; of the others the median, the 95th percentile and the mean
    of the processors' in the console's process, which tells more on a machine that others use.
    """
    found = {}
    for name, addresses in asked.items():
        took = []
        for _ in range(times + 1):
            begun = time.perf_counter()
            whole_page(client, next(addresses))
            took.append((time.perf_counter() - begun) * 1000)
            if len(took) == 1:
                used = processors(pid)
        cpu = (processors(pid) - used) / times
        later = sorted(took[1:])
        found[name] = {
            "first": took[0], "median": statistics.median(later), "p95": later[int(len(later) * 0.95)], "cpu": cpu,
        }  # fmt: skip
    return found


def whole_page(client: httpx.Client, address: str) -> None:
    """A page, and one after the other the drawings in it: they are made for it, other pictures have their own line."""
    page = client.get(address)
    answers = [page, *map(client.get, re.findall(r'src="([^"]+\.svg)"', page.text))]
    assert all(each.status_code == 200 for each in answers), [(each.url, each.status_code) for each in answers]


def processors(pid: int) -> float:
    """Milliseconds that this process has had of the processors (Linux's ``/proc/PID/stat``)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def console(folder: Path) -> Iterator[tuple[httpx.Client, int]]:
    """A client that has signed in to a console of its own, and the number of that one's process."""
    address: Queue[str] = SPAWN.Queue()
    process = SPAWN.Process(target=serve, args=(folder, address))
    process.start()
    try:
        url = address.get(timeout=120)
        with httpx.Client(base_url=url, follow_redirects=True, timeout=300, headers={"origin": url}) as client:
            token = client.get("/sign-in").text.partition('name="csrf" value="')[2].partition('"')[0]
            signed_in = client.post("/sign-in", data={"csrf": token, "login": LOGIN, "password": PASSWORD})
            assert signed_in.status_code == 200, signed_in.status_code
            yield client, process.pid or 0
    finally:
        process.terminate()
        process.join()


@contextmanager
def loading(folder: Path) -> Iterator[None]:
    """Another process lands, loads and publishes meanwhile."""
    stop, cycles = SPAWN.Event(), SPAWN.Queue()
    process = SPAWN.Process(target=keep_loading, args=(folder, stop, cycles))
    process.start()
    try:
        yield
    finally:
        stop.set()
        print(f"{cycles.get(timeout=300)} loads of a thousand posts each were published meanwhile")
        process.join()


def show(title: str, found: dict[str, dict[str, float]]) -> None:
    print(f"\n{title:<24}{'first':>9}{'median':>9}{'p95':>9}{'CPU':>9}   milliseconds")
    for name, row in found.items():
        print(f"  {name:<22}{row['first']:>9,.0f}{row['median']:>9,.0f}{row['p95']:>9,.0f}{row['cpu']:>9,.0f}")


def told(what: str, work: Callable[[], Any]) -> None:
    begun = time.perf_counter()
    work()
    print(f"{what} in {time.perf_counter() - begun:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=10_000_000)
    parser.add_argument("--indexed", type=int, help="the newest posts that the search knows; all of them if left out")
    parser.add_argument("--times", type=int, default=30, help="requests of each kind")
    parser.add_argument("--json", type=Path, help="a file for the numbers")
    parser.add_argument("--folder", type=Path, help="a folder to keep what is drawn, or that holds it")
    asked = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary) / "data"
        if not (folder / "registry.sqlite").exists():
            told("drawn", lambda: _apart(folder, asked.versions, asked.indexed or asked.versions))
        with console(folder) as (client, pid):
            quiet = measure(client, pid, pages(folder), asked.times)
            show(f"{asked.versions:,} versions", quiet)
            with loading(folder):
                busy = measure(client, pid, pages(folder), asked.times)
            show("while a load runs", busy)
    if asked.json:
        asked.json.write_text(json.dumps({"versions": asked.versions, "quiet": quiet, "loading": busy}, indent=2))
    slow = [name for name, row in [*quiet.items(), *busy.items()] if row["median"] > 200]
    print(f"\nover 200 ms: {', '.join(slow)}" if slow else "\nevery page's median is within 200 ms")
    sys.exit(bool(slow))


def _apart(folder: Path, versions: int, indexed: int) -> None:
    """In a process of its own, so that its memory is given back."""
    drawing = SPAWN.Process(target=fill, args=(folder, versions, indexed))
    drawing.start()
    drawing.join()
    assert drawing.exitcode == 0
