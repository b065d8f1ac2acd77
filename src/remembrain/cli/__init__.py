"""The command line. Data goes to stdout, talk to stderr; a traceback only with --debug.

Exit codes: 0 done, 1 failed, 2 wrong words, 3 bad data, 4 evidence above ``--fail-above``.
"""

try:
    from remembrain.cli.app import main
except ImportError as error:
    if error.name != "fcntl":  # by which run.locks says that this system is none of ours
        raise
    raise SystemExit(f"remembrain: error: {error}") from None

__all__ = ["main"]
