"""``python -m benchmarks NAME``: one of them, with its own arguments.

As in ``hallpass/__main__.py`` nothing is imported here: the processes that a load starts import the main module.
"""

from __future__ import annotations

import importlib
import sys

if __name__ == "__main__":
    name = sys.argv.pop(1)
    sys.exit(importlib.import_module(f"benchmarks.{name}").main())
