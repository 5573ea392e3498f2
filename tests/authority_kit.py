"""A real time-stamping authority (openssl ts) over HTTP on loopback."""

from __future__ import annotations

import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

CONFIG = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[authority]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = here
[here]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_authority(folder: Path) -> None:
    (folder / "ca.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "rsa:2048", "-nodes", "-config", "ca.cnf")
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30",
            "-subj", "/CN=Root of the test", "-extensions", "ca")  # fmt: skip
    openssl(folder, "req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Authority of the test")
    openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "30", "-out", "tsa.pem", "-extfile", "ca.cnf", "-extensions", "authority")  # fmt: skip


@dataclass(frozen=True)
class Authority:
    """Where it answers, and its root certificate (PEM)."""

    url: str
    roots: bytes

    def ask(self, query: bytes) -> bytes:
        """Its answer to a query."""
        request = urllib.request.Request(self.url, query, {"Content-Type": "application/timestamp-query"})
        with urllib.request.urlopen(request) as answer:
            return bytes(answer.read())


@contextmanager
def time_authority(folder: Path) -> Iterator[Authority]:
    """An authority that keeps its keys in ``folder``; where there is no openssl(1), the test is skipped."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl(1) here to run an authority with")
    make_authority(folder)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl(folder, "ts", "-reply", "-config", "ca.cnf", "-section", "here", "-queryfile", "query",
                    "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply")  # fmt: skip
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "reply").read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Authority(f"http://127.0.0.1:{server.server_port}", (folder / "ca.pem").read_bytes())
        server.shutdown()
