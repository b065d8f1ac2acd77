"""The model that the user names, whichever way it is brought: a file, a function, a command, a server."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from remembrain.audits.outlook import Say
from remembrain.cohort.answered import read_answered
from remembrain.config import BroughtOptions, ImportOptions
from remembrain.errors import UsageError
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.command import from_command
from remembrain.targets.brought.endpoint import TIME_LIMIT, Limits, from_endpoint
from remembrain.targets.brought.function import from_function
from remembrain.targets.brought.model_file import from_file
from remembrain.targets.brought.together import together
from remembrain.targets.ensemble import How
from remembrain.targets.heads import Head


def head_of(options: ImportOptions) -> Head:
    """Return how what a model puts out becomes years, as options say it.

    Raises
    ------
    UsageError
        Where they do not go together.
    """
    low, high = options.bins or (None, None)
    return Head(
        options.head,
        low,
        high,
        options.output_column,
        options.output_offset,
        options.output_mean,
        options.output_sd,
        options.output_months,
        options.bin_centres,
        options.output_form,
    )


def how_of(options: ImportOptions) -> How:
    """Return how answers of several models become one.

    Raises
    ------
    UsageError
        Where that is not said.
    """
    if options.ensemble is None:
        raise UsageError(
            "how the answers of several files become one is not said", try_next="--ensemble mean, or median"
        )
    return options.ensemble


def named_model(options: BroughtOptions, output: ImportOptions, say: Say, *, of_files: bool = False) -> Answering:
    """Return it, with what makes years of what it puts out; nothing is run or asked yet.

    Parameters
    ----------
    options
        What the user says of it.
    output
        What the user says of its output.
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
    head, files = head_of(output), options.model
    if files:
        models = [from_file(path, options.trust, options.output_name).with_head(head) for path in files]
        model = models[0] if len(models) == 1 else together(models, files, how_of(output))
    else:
        model = _named(options, say, several=head.several, of_files=of_files).with_head(head)
    return replace(model, decimals=options.output_decimals, correction=options.age_correction)


def _named(options: BroughtOptions, say: Say, *, several: bool, of_files: bool) -> Answering:
    """Return one that is no file, as it is: it puts out one number a scan or several."""
    if options.predict is not None:
        return from_function(options.predict)
    if options.command is not None:
        return from_command(options.command, partial(read_answered, several=several), options.time_limit)
    assert options.endpoint is not None  # noqa: S101  # one of them brought us here
    if of_files and options.request is None:
        raise UsageError(
            "there are many ways to send a scan",
            where="--endpoint",
            expected='a function that says which: def to_request(path): return {"files": {"file": path}}',
            try_next="--request my_requests.py:to_request",
        )
    limits = Limits(options.max_queries, options.per_second, options.time_limit or TIME_LIMIT)
    return from_endpoint(options.endpoint, options.request, limits, say, several=several)
