"""The command line. Data goes to stdout, talk to stderr; a traceback only with --debug.

Exit codes: 0 done, 1 failed, 2 wrong words, 3 bad data, 4 evidence above ``--fail-above``.
"""

try:
    from remembrain import _posix  # noqa: F401 - before all else: it says which systems are ours
except ImportError as error:
    raise SystemExit(f"remembrain: error: {error}") from None

from remembrain.cli.app import main

__all__ = ["main"]
