"""A spreadsheet of accounts brought into the register: `python -m benchmarks register [--accounts 10000]`.

Prints for its dry run, its import and the same file again the seconds by the clock and those of the processor, for an
SQLite registry in a temporary folder, or the one that --url names (empty, and left filled). Then the same as IT does
it: over HTTP, from a console in a process of its own, through the form of its page, with what another page takes
meanwhile; and a file of which no row can be used.
"""

from __future__ import annotations

import argparse
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.console import LOGIN, PASSWORD, console, processors
from registry import Registry
from registry.accounts import COLUMNS
from registry.database import Database
from registry.models import Org, Person
from registry.users import Role, UserDraft

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)
SCHOOLS = 30


def fill(url: str, accounts: int) -> None:
    """A roster of one owner for each account."""
    database = Database(url)
    with database.write() as session:
        session.add_all(Org(sourced_id=f"s{n}", title=f"School {n}", type="school") for n in range(SCHOOLS))
        session.add_all(
            Person(sourced_id=f"t{n}", kind="staff", role="teacher", display_name=f"Teacher {n}")
            for n in range(accounts)
        )
    database.close()


def write(path: Path, accounts: int) -> None:
    """The file."""
    rows = (
        f"x,{900_000 + n},Account{n},t{n},s{n % SCHOOLS},News of room {n},hallpass_x,2026-08-17,2026-08-18,2027-08-31"
        for n in range(accounts)
    )
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")


def through_the_page(folder: Path, csv: Path) -> None:
    """What IT does, and waits for."""
    with Registry.open(folder / "registry.sqlite") as registry:
        draft = UserDraft(LOGIN, "Bench", frozenset({Role.IT}), person_id="t1")
        registry.users.add(draft, "bench", NOW, PASSWORD)
    broken = csv.with_name("broken.csv")
    broken.write_text(re.sub(r",t\d+,", ",nobody,", csv.read_text()))
    with console(folder) as (client, pid):
        for what, sent in (("broken", broken), ("dry run", csv)):
            answer = submit(client, pid, what, {"file": (csv.name, sent.read_bytes(), "text/csv")})
        kept = unescape(re.findall(r'name="content" value="([^"]*)"', answer.text)[0])
        with asking(client) as took:
            submit(client, pid, "import", {"step": (None, "import"), "content": (None, kept)})
        print(f"         another page meanwhile: {len(took)} times, at most {max(took):.2f} s")
        submit(client, pid, "again", {"file": (csv.name, csv.read_bytes(), "text/csv")})


def submit(
    client: httpx.Client, pid: int, what: str, fields: dict[str, tuple[str | None, str | bytes, str] | tuple[None, str]]
) -> httpx.Response:
    """Send the form of the page, and tell what it took and what the answer says first."""
    token = re.findall(r'name="csrf" value="([^"]*)"', client.get("/it/import").text)[0]
    clock, processor = time.perf_counter(), processors(pid)
    answer = client.post("/it/import", files={"csrf": (None, token), **fields})
    taken = time.perf_counter() - clock, (processors(pid) - processor) / 1000
    said = re.findall(r'(?:role="(?:alert|status)">|</h2>\s*<p>)(.*?)</', answer.text, re.DOTALL)
    told = re.sub(r"<[^>]+>", "", said[0]) if said else ""
    size = f"{len(answer.content) / 1e6:.1f} MB"
    print(f"{what:8} {taken[0]:6.1f} s, processor {taken[1]:5.1f} s: {answer.status_code}, {size}: {told}")
    return answer


@contextmanager
def asking(client: httpx.Client) -> Iterator[list[float]]:
    """Somebody else asks for a page meanwhile, again and again; seconds that each took."""
    took: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=client.base_url, timeout=300, cookies=client.cookies) as other:
            while not over.wait(0.2):
                begun = time.perf_counter()
                assert other.get("/it/users").status_code == 200
                took.append(time.perf_counter() - begun)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--accounts", type=int, default=10_000)
    asked.add_argument("--url", default="")
    given = asked.parse_args()
    with TemporaryDirectory() as folder:
        url, path = given.url or f"sqlite:///{folder}/registry.sqlite", Path(folder) / "accounts.csv"
        fill(url, given.accounts)
        write(path, given.accounts)
        with Registry.open(url) as registry:
            for what, dry in (("dry run", True), ("import", False), ("again", False)):
                clock, processor = time.perf_counter(), time.process_time()
                report = registry.import_accounts(path, "it", NOW, dry)
                taken = time.perf_counter() - clock, time.process_time() - processor
                told = f"{report.added:,} new, {report.unchanged:,} known, {len(report.errors):,} wrong"
                print(f"{what:8} {taken[0]:6.1f} s, processor {taken[1]:5.1f} s: {told}")
        if not given.url:
            print("through the page:")
            place = Path(folder) / "page"
            fill(f"sqlite:///{place}/registry.sqlite", given.accounts)
            through_the_page(place, path)
