"""The command line. Data goes to stdout, talk to stderr; a traceback only with --debug.

Exit codes: 0 done, 1 failed, 2 wrong words, 3 bad data, 4 evidence above ``--fail-above``.
"""

from remembrain.cli.app import main

__all__ = ["main"]
