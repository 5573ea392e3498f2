"""A child process that opens hostile pictures: one JSON line in, one out, under a time and memory limit.

What a child says is parsed as JSON and nothing else, because one that a hostile picture has taken over
must not reach further.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import selectors
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from records.errors import PipelineFailed

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
START = 60.0  # seconds that a child may need to begin


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may take: wall-clock seconds, and megabytes of address space."""

    seconds: float = 20.0
    megabytes: int = 3000


class Worker:
    """One child that runs ``command``, started when first needed and again after it had to be ended.

    Parameters
    ----------
    setup : the child's first line.
    """

    def __init__(self, command: Sequence[str], setup: Mapping[str, Any], limits: Limits) -> None:
        self._command, self._setup, self._limits = command, setup, limits
        self._process: subprocess.Popen[bytes] | None = None

    def __del__(self) -> None:
        self.end()

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """What the child answers.

        Raises
        ------
        TimeoutError : it took too long and was ended.
        ConnectionError : it died, out of memory or by a damaged file, or said what is no answer.
        PipelineFailed : no child can be started, which is no fault of a picture's.
        """
        process = self._process or self._start()
        try:
            return _ask(process, question, self._limits.seconds)
        except TimeoutError:
            self.end()
            raise
        except (OSError, ValueError) as error:
            self.end()
            raise ConnectionError("the child is gone") from error

    @property
    def ended(self) -> bool:
        """Whether the last question was the end of the child."""
        return self._process is None

    def end(self) -> None:
        """End the child; a later question starts another one."""
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603  our own module, nothing from outside
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, **ONE_THREAD},
        )
        try:
            _ask(self._process, self._setup, START + self._limits.seconds)
        except (OSError, ValueError) as error:
            self.end()
            what = f"{' '.join(self._command[1:])}, which opens pictures, cannot be started"
            raise PipelineFailed(what, "Run it by hand to see why; nothing was decided about any picture") from error
        return self._process


def limit_memory(megabytes: int) -> None:
    """Let this process have so much address space and no more."""
    ceiling = megabytes * 1024 * 1024
    with contextlib.suppress(ValueError, OSError):  # macOS does not know this limit
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def say(answer: Mapping[str, Any]) -> None:
    """One line of a child's, to whoever asked."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _ask(process: subprocess.Popen[bytes], question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(question).encode() + b"\n")
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        answer = b""
        while not answer.endswith(b"\n"):
            if not selector.select(seconds):
                raise TimeoutError
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                raise ConnectionError("the child is gone")
            answer += chunk
    parsed: dict[str, Any] = json.loads(answer)
    return parsed
