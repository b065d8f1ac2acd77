"""How every command is started and ended."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from cyclopts import CycloptsError

from remembrain._stopping import Stopped, ending_well
from remembrain._terminal import put, say
from remembrain._text import shown
from remembrain.cli._program import app, first_screen, hang
from remembrain.errors import EvidenceAboveLimit, RemembrainError, UsageError

__all__ = ["app", "main"]

hang("federation", "model", "survey", "general")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    words, options, debug = _before_the_command(list(sys.argv[1:] if arguments is None else arguments))
    try:
        app.config = (_settings(words, options),) if options else ()
        if words:
            with ending_well():
                app(words, exit_on_error=False, print_error=False)
        else:
            put(first_screen())
    except RemembrainError as error:
        raise SystemExit(_complain(error, debug)) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except (KeyboardInterrupt, Stopped) as error:
        say("stopped; what was computed is kept, and the same command goes on from there")
        raise SystemExit(error.code if isinstance(error, Stopped) else 130) from None
    except Exception as error:
        if wrong := _wrong_words(error):
            raise SystemExit(_complain(UsageError(wrong, try_next="add --help"), debug)) from None
        if debug:
            raise
        say(f"remembrain: unexpected {type(error).__name__}: {shown(error, 500)}\n  try: the same command with --debug")
        raise SystemExit(1) from None
    raise SystemExit(0)


def _settings(words: Sequence[str], options: Path) -> Callable[..., None]:
    """Return what gives the options of a file to the command that is called."""
    from remembrain.cli.options_file import settings_for

    return settings_for(app, words, options)


def _before_the_command(words: list[str]) -> tuple[list[str], Path | None, bool]:
    """Take --debug and --config F out of the words, which hold for every command."""
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    if sum(word.partition("=")[0] == "--config" for word in words) > 1:
        raise SystemExit(_complain(UsageError("--config is said twice", expected="one file"), debug))
    for place, word in enumerate(words):
        if word == "--config":
            if place + 1 == len(words):
                raise SystemExit(_complain(UsageError("--config needs a file", try_next="remembrain config"), debug))
            return words[:place] + words[place + 2 :], Path(words[place + 1]), debug
        if word.startswith("--config="):
            return words[:place] + words[place + 1 :], Path(word.removeprefix("--config=")), debug
    return words, None, debug


def _complain(error: RemembrainError, debug: bool) -> int:
    """Print one message, with --debug the traceback before it, and return the exit code."""
    if debug:
        traceback.print_exception(error)
    prefix = "" if isinstance(error, EvidenceAboveLimit) else "error: "
    say(f"remembrain: {prefix}{error}")
    return error.exit_code


def _wrong_words(error: Exception) -> str:
    """Return what the parser of the command line found wrong, on one line, if that is what happened."""
    from pydantic import ValidationError

    from remembrain.config import first_complaint

    if not isinstance(error, CycloptsError | ValidationError):
        return ""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ValidationError):
            option, _, what = first_complaint(cause).partition(": ")
            return f"--{option.replace('_', '-')}: {what[:1].lower()}{what[1:]}"
        cause = cause.__cause__ or cause.__context__
    return " ".join(str(error).split())
