"""Which of a stranger's tensors are the network's: one mapping of several, under names that were wrapped on the way.

Works on what a file holds and on the tensors that a network has; reads no files and runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from remembrain._text import few, shown
from remembrain.errors import DataError, with_article

_WRAPPERS = ("_orig_mod", "_module", "_fsdp_wrapped_module", "_fpw_module", "_checkpoint_wrapped_module")
"""Parts of names that wrappers add anywhere: compiled code, Opacus, sharding, activations that are computed again."""

_COUNTERS = ("num_batches_tracked", "n_averaged", "total_ops", "total_params")
"""Tensors that count what was done, and that no answer depends on: of batch norms, of averaging, of profilers."""

_BESIDE = ("loss", "criterion", "metric", "optim", "teacher", "discriminator", "ema", "averag", "scheduler", "scaler")
"""How parts of a training are called that are no parts of the network that predicts."""

_OLD_NAMES = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
_DEEPEST = 4


@dataclass(frozen=True, eq=False)
class Candidate:
    """Tensors that may be the network's: where they lie in the file, under which names, and what was done to these."""

    place: str
    tensors: Mapping[str, Tensor]
    notes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    prefix: str = ""

    @property
    def called(self) -> str:
        """What names it without doubt: the mapping, and the prefix where others lie beside it."""
        return self.below if self.beside else self.place

    @property
    def below(self) -> str:
        """The mapping and the prefix."""
        return ".".join(part for part in (self.place, self.prefix) if part)

    def same_as(self, other: Candidate) -> bool:
        """Tell whether another candidate holds the same numbers."""
        return self.tensors.keys() == other.tensors.keys() and all(
            self.tensors[name].shape == value.shape and torch.equal(self.tensors[name], value)
            for name, value in other.tensors.items()
        )


def choose(content: object, module: nn.Module, where: Path, key: str | None = None) -> Candidate:
    """Return the tensors of a file that are a network's.

    Parameters
    ----------
    content
        What the file holds.
    module
        The network.
    where
        The file, for messages.
    key
        Which mapping, or which prefix of names, the user says: ``ema``, or ``state_dict.generator``.

    Returns
    -------
    candidate
        Tensors under the network's names where any fit; otherwise those that come closest.

    Raises
    ------
    DataError
        Where there are no tensors by name, several different mappings fit, or tensors beside the network's may mean
        that the class is not the one that was trained.
    """
    there = [Candidate(place, tensors) for place, tensors in mappings(content) if tensors]
    if not there:
        raise DataError(
            f"holds {_described(content)} and no tensors by name",
            where=where,
            expected="tensors by name",
            try_next="where the model was trained: safetensors.torch.save_file(model.state_dict(), 'w.safetensors')",
        )
    wanted = wanted_names(module)
    readings = [reading for candidate in there for reading in _readings(candidate, wanted)]
    if key is not None:
        readings = [reading for reading in readings if key in (reading.place, reading.below)]
        if not readings:
            listed = (
                few(dict.fromkeys(candidate.place for candidate in there if candidate.place)) or "tensors at the top"
            )
            raise DataError(f"holds nothing under {key!r}", where=where, expected=f"--weights-key of {listed}")
    fitting = [reading for reading in readings if wanted.fitted_by(reading.tensors)]
    if not fitting:
        return max(readings, key=lambda reading: _closeness(reading, wanted))
    chosen = _the_only(fitting, wanted, where)
    strange = [name for name in chosen.beside if not _is_beside(name)]
    if strange and key is None:
        raise DataError(
            f"holds tensors that the network does not have ({few(strange)}) beside those that fit under "
            f"{chosen.called!r}",
            where=where,
            expected="the class that was trained",
            try_next=f"--weights-key {chosen.called}, where the rest is no part of what predicts the age",
        )
    if chosen.beside:
        chosen = replace(chosen, notes=(*chosen.notes, f"left out of the file: {few(chosen.beside)}"))
    return chosen


def _closeness(reading: Candidate, wanted: Wanted) -> float:
    """Return how many names of a network a reading has, less a little for what was done to them."""
    return len(wanted.tensors.keys() & reading.tensors.keys()) - len(reading.notes) / 100


def _the_only(fitting: Sequence[Candidate], wanted: Wanted, where: Path) -> Candidate:
    """Return what fits a network, where that is one set of numbers; of the right shapes if any is.

    Raises
    ------
    DataError
        Where several that differ fit.
    """
    shaped = [reading for reading in fitting if wanted.shaped_like(reading.tensors)] or fitting
    different = [shaped[0], *(reading for reading in shaped[1:] if not reading.same_as(shaped[0]))]
    if len(different) > 1:
        places = list(dict.fromkeys(reading.called or "the top" for reading in different))
        raise DataError(
            f"holds weights under {few(places, between=' and under ')}, which differ and all fit the network",
            where=where,
            expected="those of the model that is used",
            try_next=few((f"--weights-key {place}" for place in places), between=" or "),
        )
    return shaped[0]


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a network has: its tensors by name, and which of them are one and the same."""

    tensors: Mapping[str, Tensor]
    tied: Mapping[str, tuple[str, ...]]

    def missing(self, given: Mapping[str, Tensor]) -> list[str]:
        """Return the names that are not given, nor counters, nor tied to one that is."""
        return [
            name
            for name in self.tensors
            if name not in given
            and not name.endswith("num_batches_tracked")
            and not any(other in given for other in self.tied.get(name, ()))
        ]

    def unknown(self, given: Mapping[str, Tensor]) -> list[str]:
        """Return the names that are given and that the network does not have."""
        return [name for name in given if name not in self.tensors]

    def fitted_by(self, given: Mapping[str, Tensor]) -> bool:
        """Tell whether what is given has every name, and no other."""
        return not self.missing(given) and not self.unknown(given)

    def shaped_like(self, given: Mapping[str, Tensor]) -> bool:
        """Tell whether all that is given has the network's shapes."""
        return all(fits(self.tensors[name], value) for name, value in given.items() if name in self.tensors)


def wanted_names(module: nn.Module) -> Wanted:
    """Return what a network has."""
    tensors = {name: value for name, value in module.state_dict(keep_vars=True).items() if isinstance(value, Tensor)}
    same: dict[int, list[str]] = {}
    for name, value in tensors.items():
        same.setdefault(id(value), []).append(name)
    return Wanted(tensors, {name: tuple(names) for names in same.values() if len(names) > 1 for name in names})


def fits(wanted: Tensor, given: Tensor) -> bool:
    """Tell whether a tensor has the shape that a network wants; a lazy layer takes any."""
    return is_lazy(wanted) or wanted.shape == given.shape


def mappings(content: object) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """Iterate over every mapping in a file with the tensors that it holds itself, and where it lies; each once."""
    seen: set[int] = set()  # a small file may name one list so often that nobody comes to the end of all ways to it
    waiting: list[tuple[object, str, int]] = [(content, "", 0)]
    while waiting:
        part, place, depth = waiting.pop()
        if not isinstance(part, list | tuple | Mapping) or depth > _DEEPEST or id(part) in seen:
            continue
        seen.add(id(part))
        named = part if isinstance(part, Mapping) else dict(enumerate(part))
        yield place, {str(name): value for name, value in named.items() if isinstance(value, Tensor)}
        within = [(inner, f"{place}.{name}" if place else str(name), depth + 1) for name, inner in named.items()]
        waiting += reversed(within)


def _readings(given: Candidate, wanted: Wanted) -> Iterator[Candidate]:
    """Iterate over the ways to read a mapping: as it is, without what wrappers added, and below each prefix."""
    tensors, notes = _without_wrappers(given.tensors, wanted)
    tensors = {_renamed(name, wanted): value for name, value in tensors.items()}
    notes = (f"the weights were taken from {shown(given.place)!r} in the file", *notes) if given.place else notes
    whole = _without_counters(replace(given, tensors=tensors, notes=notes), wanted)
    yield whole
    for prefix in _prefixes(tensors):
        below = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
        below = {_renamed(name, wanted): value for name, value in below.items()}
        beside = tuple(name for name in tensors if not name.startswith(prefix))
        noted = (*notes, f"the prefix {shown(prefix)!r} was taken off the names")
        yield _without_counters(Candidate(given.place, below, noted, beside, prefix.rstrip(".")), wanted)
    own = _prefixes(wanted.tensors)
    for prefix in own:
        if all(name.startswith(prefix) for name in wanted.tensors):
            longer = {prefix + name: value for name, value in tensors.items()}
            yield replace(
                whole, tensors=longer, notes=(*notes, f"the prefix {shown(prefix)!r} was put before every name")
            )


def _without_wrappers(tensors: Mapping[str, Tensor], wanted: Wanted) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Take what wrappers added out of every name, unless the network has such names too."""
    own = {part for name in wanted.tensors for part in name.split(".")}
    added = [wrapper for wrapper in _WRAPPERS if wrapper not in own]
    clean = {".".join(part for part in name.split(".") if part not in added): value for name, value in tensors.items()}
    if len(clean) < len(tensors):  # two names would become one
        return dict(tensors), ()
    taken = [wrapper for wrapper in added if any(wrapper in name.split(".") for name in tensors)]
    return clean, tuple(f"'{wrapper}.' was taken out of the names" for wrapper in taken)


def _without_counters(given: Candidate, wanted: Wanted) -> Candidate:
    """Leave out tensors that count what was done and that the network does not have."""
    extra = [name for name in wanted.unknown(given.tensors) if name.rpartition(".")[2] in _COUNTERS]
    if not extra:
        return given
    kept = {name: value for name, value in given.tensors.items() if name not in extra}
    return replace(given, tensors=kept, notes=(*given.notes, f"left out of the file: {few(extra)}, which only count"))


def _prefixes(tensors: Mapping[str, Tensor]) -> list[str]:
    """Return everything that names begin with, up to a dot, the shortest first."""
    prefixes = {
        ".".join(parts[:length]) + "."
        for name in tensors
        for parts in (name.split("."),)
        for length in range(1, min(len(parts), _DEEPEST + 1))
    }
    return sorted(prefixes, key=lambda prefix: (prefix.count("."), prefix))


def _renamed(name: str, wanted: Wanted) -> str:
    """Return the newer name of a normed weight where the network has it and the file the older one."""
    before, dot, last = name.rpartition(".")
    newer = before + dot + _OLD_NAMES.get(last, last)
    return newer if newer in wanted.tensors and name not in wanted.tensors else name


def _is_beside(name: str) -> bool:
    """Tell whether a tensor is of a part of training that does not predict, or only counts."""
    first, last = name.partition(".")[0].lower(), name.rpartition(".")[2]
    return last in _COUNTERS or any(word in first for word in _BESIDE)


def _described(content: object) -> str:
    """Say what a file holds."""
    if isinstance(content, Mapping):
        return f"{few([str(name) for name in content])}" if content else "an empty mapping"
    return with_article(type(content).__name__)
