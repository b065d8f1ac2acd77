"""One pass of a target over scans, a scan at a time. Each kind of signal may fail alone; predictions may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from remembrain._calling import Questions, as_batch, questions
from remembrain._progress import progress
from remembrain._text import nameless
from remembrain.errors import DataError, RemembrainError
from remembrain.signals._probe import Probe
from remembrain.signals._rows import Appender, RowFile
from remembrain.signals._signal import Seen, Signal
from remembrain.signals._watching import only_these_require_grad, outputs_of
from remembrain.signals.queries import Query, front_of
from remembrain.types import Auditable, Inputs

_CLOSE = 1e-4
"""Relative difference up to which two answers count as one: a graphics processor adds up in no fixed order."""


@dataclass(eq=False)
class Asking:
    """What is asked of a target about each scan; ``signals`` loses those that turn out not to be had."""

    target: Auditable
    inputs: Inputs
    age: Float[np.ndarray, "scan"]
    signals: dict[str, Signal]
    files: Mapping[str, RowFile]
    name_of: Callable[[int], str]
    refused: dict[str, str] = field(default_factory=dict)

    def one_pass(self) -> dict[str, str]:
        """Compute what is not on disk yet, beginning behind the last scan that all of these signals have.

        Returns
        -------
        refused
            Why signals could not be had.

        Raises
        ------
        DataError
            Where the target does not predict a finite number for a scan, which is named.
        """
        done = min(self.files[name].rows_done() for name in self.signals)
        module, layers = self.target.module, tuple(_all(self.signals, "layers"))
        with ExitStack() as stack:
            advance = stack.enter_context(progress("asking the target", len(self.inputs)))
            advance(steps=done)
            outs = {
                name: stack.enter_context(self.files[name].append_after(done, self.name_of)) for name in self.signals
            }
            activations = stack.enter_context(outputs_of(module, layers))
            ask = stack.enter_context(questions(module))
            for place in range(done, len(self.inputs)):
                seen = self._see(ask, place, activations)
                for name in tuple(self.signals):
                    self._append(name, outs[name], seen)
                advance()
            for name in outs.keys() - self.signals.keys():
                outs[name].discard()
        for name in self.signals:
            self.files[name].finish()
        return self.refused

    def _append(self, name: str, rows: Appender, seen: Seen) -> None:
        """Add a scan to a signal, or give the signal up."""
        signal = self.signals.get(name)
        if signal is None:  # given up with another part of it
            return
        try:
            rows.append(signal.row(seen))
        except Exception as error:
            if _of_output_alone(signal) or _of_disk(error):
                raise
            self._give_up(lambda given_up: given_up is signal, error)

    def _give_up(self, these: Callable[[Signal], bool], error: Exception) -> None:
        """Go on without some signals and their other parts."""
        for name in {name.partition("/")[0] for name, signal in self.signals.items() if these(signal)}:
            self.refused[name] = why(error)
            for part in [part for part in self.signals if part.partition("/")[0] == name]:
                del self.signals[part]

    def _see(self, ask: Questions, place: int, activations: dict[str, Tensor]) -> Seen:
        """Run one scan through the target, and its loss back to the parameters that are asked for.

        The scan as it is comes last: ``activations`` holds what ran last.
        """
        scan, age = self.inputs[place], float(self.age[place])
        disguised = self._disguised(ask, scan)
        activations.clear()
        names = tuple(_all(self.signals, "parameters"))
        if names:
            try:
                years, gradients = self._with_gradients(ask, scan, age, names)
                return Seen(years, age, gradients, activations, disguised)
            except Exception as error:  # a stranger's code may raise anything
                self._give_up(lambda signal: bool(signal.parameters), error)
                activations.clear()
        with only_these_require_grad(self.target.module, ()), torch.no_grad():
            years = predicted(self.target, lambda: ask(self._batch(scan)), self.name_of(place))
        return Seen(years, age, {}, activations, disguised)

    def _disguised(self, ask: Questions, scan: Float[np.ndarray, "*shape"]) -> dict[str, float]:
        """Return the years predicted of a scan in each disguise."""
        shown: tuple[Query, ...] = tuple(_all(self.signals, "disguises"))
        if not shown:
            return {}
        front = front_of(self.inputs)
        try:
            with only_these_require_grad(self.target.module, ()), torch.no_grad():
                return {query.name: number_of(self.target.age(ask(self._batch(query(scan, front))))) for query in shown}
        except Exception as error:  # a stranger's code may raise anything
            self._give_up(lambda signal: bool(signal.disguises), error)
            return {}

    def _with_gradients(
        self, ask: Questions, scan: Float[np.ndarray, "*shape"], age: float, names: tuple[str, ...]
    ) -> tuple[float, dict[str, Tensor]]:
        """Return the years predicted of a scan, and the loss gradient of parameters by name."""
        with only_these_require_grad(self.target.module, names) as parameters, torch.enable_grad():
            batch = self._batch(scan)
            precision = torch.promote_types(batch.dtype, torch.float32)
            output = ask(batch)
            years = self.target.age(output)
            loss = self.target.loss(output, torch.tensor([age], dtype=precision, device=batch.device))
            gradients = torch.autograd.grad(loss, parameters, allow_unused=True, materialize_grads=True)
        return number_of(years), dict(zip(names, gradients, strict=True))

    def _batch(self, scan: Float[np.ndarray, "*shape"]) -> Float[Tensor, "1 *shape"]:
        """Return a batch of one scan that nobody else holds."""
        return as_batch(scan[None], self.target.module)


@dataclass(frozen=True)
class Steadiness:
    """How answers to one question differ; empty where they do not.

    ``unexplained``: nothing that could be put back tells why, so that an answer may hang on when it was asked for.
    """

    text: str = ""
    unexplained: bool = False


def steadiness(probe: Probe, name: str) -> Steadiness:
    """Return how answers to one question differ, of the network as it was brought.

    Raises
    ------
    DataError
        Where there is no answer; ``name`` is whom the scan is of.
    """
    target = probe.target
    with questions(target.module) as ask, torch.no_grad():
        first = predicted(target, lambda: ask(probe.batch()), name)
        again = predicted(target, lambda: ask.again(probe.batch()), name)
        other = predicted(target, lambda: ask(probe.batch(), draws=1), name)
        same = predicted(target, lambda: ask(probe.batch()), name)
    if not np.isclose(first, same, rtol=_CLOSE):
        return _differs(first, same)
    if not np.isclose(first, other, rtol=_CLOSE):
        return Steadiness(
            "the network draws random numbers when it predicts: every question was asked with the same draws, and who "
            "asks often and takes the mean sees more"
        )
    if not np.isclose(first, again, rtol=_CLOSE):
        return Steadiness(
            "the network remembers what it was asked before: every question was asked of it as it was brought, and who "
            "asks in a row sees other answers"
        )
    return Steadiness()


def still_answers(probe: Probe, before: float) -> Steadiness:
    """Return how the answer about the first scan differs from the one of the pass."""
    with questions(probe.target.module) as ask, torch.no_grad():
        now = predicted(probe.target, lambda: ask(probe.batch()), "the first scan")
    return Steadiness() if np.isclose(now, before, rtol=_CLOSE) else _differs(before, now)


def _differs(before: float, now: float) -> Steadiness:
    """Say that nothing explains why an answer differs: by how much, and not what is predicted of somebody."""
    return Steadiness(
        f"the network answers one question differently each time (by {abs(now - before):.2g}), and neither its weights "
        "nor random numbers tell why: what attacks see of it hangs on when it was asked",
        unexplained=True,
    )


def predicted(target: Auditable, output: Callable[[], Any], name: str) -> float:
    """Return the years predicted of one scan.

    Raises
    ------
    DataError
        Where the network fails, naming whom the scan is of.
    """
    try:
        return number_of(target.age(output()))
    except Exception as error:  # a stranger's code may raise anything
        raise DataError(f"the network does not predict an age for this scan ({why(error)})", where=name) from error


def number_of(years: Float[Tensor, "1"]) -> float:
    """Return the one number that is predicted of one scan.

    Raises
    ------
    DataError
        Where it is not one.
    """
    if years.numel() != 1:
        raise DataError(f"the network puts out {years.numel()} numbers for one scan", expected="one")
    return float(years.detach().item())


def why(error: Exception) -> str:
    """Return why something could not be had, without the name of anybody or a number of theirs."""
    return error.what if isinstance(error, RemembrainError) else nameless(error)


def _of_output_alone(signal: Signal) -> bool:
    """Tell whether a signal needs no more than a prediction: without it there is no audit."""
    return not (signal.parameters or signal.layers or signal.disguises)


def _of_disk(error: Exception) -> bool:
    """Tell whether an error is that of a disk, not of the signal."""
    return isinstance(error, OSError) or (isinstance(error, RemembrainError) and not isinstance(error, DataError))


def _all(signals: Mapping[str, Signal], what: str) -> dict[Any, None]:
    """Return what signals need of one kind, each once, in order."""
    return dict.fromkeys(part for signal in signals.values() for part in getattr(signal, what))
