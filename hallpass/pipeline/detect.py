"""Detect: show the detectors what is new, land what they observed, and ask the registry what held at the time."""

from __future__ import annotations
