"""``python -m benchmarks NAME``: one of them, with its own arguments.

As in ``hallpass/__main__.py`` nothing is imported here: the processes that a load starts import the main module.
"""

from __future__ import annotations

import importlib
import sys

NAMES = ("warehouse", "logos", "photos", "hostile", "report", "console", "register", "memory")
MAKERS = ("logos_pictures", "fit_verifier", "fit_score")
"""What makes material for others, or the detector's weights from it."""

if __name__ == "__main__":
    name = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if name not in (*NAMES, *MAKERS):
        sys.exit(f"Say which benchmark: python -m benchmarks {'|'.join((*NAMES, *MAKERS))}")
    sys.argv[0] = name
    sys.exit(importlib.import_module(f"benchmarks.{name}").main())
