"""The process: it says when it is ready, and never outlives whoever started it."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

SERVE = [sys.executable, "-m", "sandbox", "serve"]


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    process = subprocess.Popen([*SERVE, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def clock(url: str) -> str:
    with urlopen(f"{url}/control/clock", timeout=5) as answer:
        return str(json.load(answer)["now"])


def test_one_line_says_where_it_serves_and_input_that_closes_ends_it() -> None:
    with started("--now", "2026-10-26T11:00:00Z", "--dialect", "post") as (process, line):
        assert line["now"] == "2026-10-26T11:00:00Z" == clock(line["url"])
        assert urlsplit(line["url"]).hostname == "127.0.0.1"
        assert process.stdin
        process.stdin.close()
        assert process.wait(10) == 0
        assert process.stdout
        assert process.stdout.read() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    with started() as (process, line):
        clock(line["url"])
        process.send_signal(number)
        assert process.wait(10) == 0


def test_a_hanging_request_does_not_keep_it_alive() -> None:
    with started() as (process, line):
        plan = json.dumps({"match": "pbs.twimg.com", "kind": "hang"}).encode()
        with urlopen(f"{line['url']}/control/fault", data=plan, timeout=5) as answer:
            assert answer.status == 200
        with socket.create_connection(("127.0.0.1", urlsplit(line["url"]).port or 0)) as waiting:
            waiting.sendall(b"GET /media/any.jpg HTTP/1.1\r\nHost: pbs.twimg.com\r\n\r\n")
            process.terminate()
            assert process.wait(10) == 0


def test_kill_9_of_its_parent_ends_it() -> None:
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({SERVE!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
        "print(child.pid, child.stdout.readline(), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline().split()[0])
        ended = os.pidfd_open(pid)
        parent.kill()
    try:
        assert select.select([ended], [], [], 10)[0]
    finally:
        os.close(ended)


def test_it_listens_on_loopback_only() -> None:
    with started() as (_, line):
        port = urlsplit(line["url"]).port
        listening = subprocess.run(["cat", "/proc/net/tcp"], capture_output=True, text=True, check=True).stdout
        addresses = {row.split()[1] for row in listening.splitlines()[1:] if row.split()[1].endswith(f":{port:04X}")}
        assert addresses == {f"0100007F:{port:04X}"}


def test_a_time_without_an_offset_is_refused_before_anything_starts() -> None:
    refused = subprocess.run([*SERVE, "--now", "2026-10-19T11:00:00"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "has no offset from UTC: add Z" in refused.stderr
