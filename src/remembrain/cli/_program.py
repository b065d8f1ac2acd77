"""The program, and the commands that hang on it. A file of commands is imported when one of its commands is called.

Until then their text says enough: what a command is for stands in its docstring, what it is called in its example.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from cyclopts import App, Parameter

EVERYWHERE = (
    "Of every command: --config FILE takes options from a TOML file (remembrain config prints one); "
    "--debug shows a traceback of what goes wrong."
)

app = App(
    name="remembrain",
    help="Does this model remember whose scans trained it, and who could find out?",
    help_format="plaintext",
    help_epilogue=f"{EVERYWHERE}\n\nExample: remembrain audit BIDS_DIR runs/first",
    version_flags=["--version"],
    default_parameter=Parameter(negative_iterable=(), consume_multiple=True),
    suppress_keyboard_interrupt=False,
)

GROUPS = {
    "federation": "Real sites: make start-up kits, start a training over them, and audit the model at a site.",
    "survey": "The same question asked of published tables: could someone tell who took part?",
}
"""Commands of commands, such as ``remembrain survey audit``."""

WAYS = (
    ("predictions of a model", "remembrain audit-predictions predictions.csv RUN"),
    ("an estimator, or a function that predicts", 'remembrain.audit(model, X, age, member, "RUN"), from Python'),
    ("a model in a file: skops, ONNX, TorchScript", "remembrain audit DATA RUN --model model.onnx"),
    ("a program: R, MATLAB, a container", "remembrain audit DATA RUN --command 'Rscript predict.R {input} {output}'"),
    ("a server that predicts", "remembrain audit DATA RUN --endpoint URL"),
    ("a torch class and its weights", "remembrain audit DATA RUN --weights W --network my_model.py:Net --split S"),
    ("only data", "remembrain audit DATA RUN"),
    ("raw T1 scans", "remembrain audit BIDS_DIR RUN --raw"),
    ("a federation", "remembrain federate DATA RUN --environment site"),
    ("tables to publish", "remembrain survey audit ANSWERS.csv RUN --release release.toml"),
    ("nothing yet", "remembrain demo"),
)
"""What somebody has who comes here, and the one command that is for them."""

_Command = TypeVar("_Command", bound=Callable[..., None])


def command(example: str) -> Callable[[_Command], _Command]:  # noqa: ARG001 - :func:`hang` reads it
    """Make a command of a function, called as its example begins; its help ends with the example."""
    return lambda function: function


def hang(*modules: str) -> None:
    """Hang the commands of modules of this folder on the program, as their text states them."""
    groups = {name: App(name=name, help=text, help_epilogue=EVERYWHERE) for name, text in GROUPS.items()}
    for group in groups.values():
        app.command(group)
    for module in modules:
        for function, example in _commands_of(module):
            first, *more = example.split()
            on, name = (groups[first], more[0]) if first in groups else (app, first)
            on.command(
                f"{__package__}.{module}:{function.name}",
                name=name,
                help=ast.get_docstring(function),
                help_epilogue=f"{EVERYWHERE}\n\nExample: remembrain {example}",
            )


def _commands_of(module: str) -> list[tuple[ast.FunctionDef, str]]:
    """Return the functions of a module that :func:`command` stands above, each with its example."""
    text = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    commands = []
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(decorator_list=[ast.Call(ast.Name("command"), [ast.Constant(str(example))])]):
                commands.append((node, example))
    return commands


def first_screen() -> str:
    """Say which command is for whom."""
    widest = max(len(having) for having, _ in WAYS)
    lines = (f"  {having.ljust(widest)}  {words}" for having, words in WAYS)
    return "\n".join(("Which of these do you have?\n", *lines, "\nEvery command: remembrain --help"))
