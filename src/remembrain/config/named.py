"""The model that the user names, whichever way it is brought: a file, a function, a command, a server."""

from __future__ import annotations

from remembrain.audits.outlook import Say
from remembrain.cohort.answered import read_answered
from remembrain.config import BroughtOptions
from remembrain.errors import UsageError
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.command import from_command
from remembrain.targets.brought.endpoint import TIME_LIMIT, Limits, from_endpoint
from remembrain.targets.brought.function import from_function
from remembrain.targets.brought.model_file import from_file


def named_model(options: BroughtOptions, say: Say, *, of_files: bool = False) -> Answering:
    """Return it; nothing is run or asked yet.

    Parameters
    ----------
    options
        What the user says of it.
    say
        Told how many requests go where, of a server.
    of_files
        Whether it is asked about files, and not about rows.

    Raises
    ------
    UsageError
        Where several are named, or what names it cannot be.
    DataError
        Where it cannot be read.
    """
    if len(options.ways) > 1:
        raise UsageError(f"{' and '.join(options.ways)} name a model each", try_next="one of them")
    if options.predict is not None:
        return from_function(options.predict)
    if options.command is not None:
        return from_command(options.command, read_answered, options.time_limit)
    if options.endpoint is not None:
        if of_files and options.request is None:
            raise UsageError(
                "there are many ways to send a scan",
                where="--endpoint",
                expected='a function that says which: def to_request(path): return {"files": {"file": path}}',
                try_next="--request my_requests.py:to_request",
            )
        limits = Limits(options.max_queries, options.per_second, options.time_limit or TIME_LIMIT)
        return from_endpoint(options.endpoint, options.request, limits, say)
    assert options.model is not None  # noqa: S101  # one of them brought us here
    return from_file(options.model, options.trust, options.output_name)
