"""For the process that workers are forked from, and imported by no other: what it removes as the last one to end.

The folder in which processes find one another is removed by the process that made it, unless that one is killed.
"""

from __future__ import annotations

import atexit
import os
import shutil

SOCKETS = "REMEMBRAIN_SOCKETS"
"""Names the folder, in the environment of this process alone."""

if SOCKETS in os.environ:
    atexit.register(shutil.rmtree, os.environ.pop(SOCKETS), ignore_errors=True)
