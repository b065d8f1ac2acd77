"""People whom lists of tests name."""

from __future__ import annotations

HAVE = [f"sub-{number:03d}" for number in range(1, 90)]
THREE = ("sub-001", "sub-002", "sub-003")
