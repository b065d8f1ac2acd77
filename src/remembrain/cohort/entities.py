"""Which of several images of one session is meant, by the entities in their names (``run-1``, ``acq-mprage``).

Knows names alone. Nothing is chosen that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remembrain.errors import UsageError

NATIVE = frozenset({"native", "none"})
_OWN_OPTION = ("desc", "space")


def chosen_entities(words: Sequence[str]) -> dict[str, str]:
    """Return entities by key from ``run=1``, ``run-1`` or ``run-01``.

    Raises
    ------
    UsageError
        Where a word is none, or a key stands twice.
    """
    wanted: dict[str, str] = {}
    for word in words:
        key, _, value = word.partition("=" if "=" in word else "-")
        if not (key.isalnum() and value.replace("+", "").isalnum()) or key in ("sub", "ses"):
            raise UsageError(f"--entity {word}", expected="such as --entity run=1, or acq=none for names without acq-")
        if key in wanted:
            raise UsageError(f"--entity {key} is given twice", expected="one value each")
        wanted[key] = value
    return wanted


def same_entity(there: str | None, wanted: str) -> bool:
    """Tell whether the value in a name is the one that is wanted: 1 is 01, and ``native`` or ``none`` is no value."""
    if there is None:
        return wanted.lower() in NATIVE
    if there.isdecimal() and wanted.isdecimal():
        return int(there) == int(wanted)
    return there == wanted


def choose(images: Sequence[Mapping[str, str]], wanted: Mapping[str, str]) -> list[int]:
    """Return the places of the images of a session that are meant; more than one where nobody has chosen.

    An entity chooses among names that have it. Where no name of the session has it, it does not decide.

    Parameters
    ----------
    images
        The entities of each.
    wanted
        The value of each entity that was asked for.
    """
    places = list(range(len(images)))
    for key, value in wanted.items():
        if any(key in images[place] for place in places):
            places = [place for place in places if same_entity(images[place].get(key), value)]
    return places


def options_for(images: Sequence[Mapping[str, str]]) -> str:
    """Return the options that would choose between images of one session; nothing where their names have all alike."""
    keys = sorted({key for image in images for key in image}, key=lambda key: (key not in _OWN_OPTION, key))
    words = []
    for key in keys:
        values = sorted({image.get(key, "none") for image in images})
        if len(values) > 1:
            own = f"--{key} " if key in _OWN_OPTION else f"--entity {key}="
            words.append(f"{own}{' or '.join(_native(key, value) for value in values)}")
    return ", ".join(words)


def values_of(images: Sequence[Mapping[str, str]], keys: Sequence[str]) -> str:
    """Return which values of these entities names have, as they are asked for; nothing where there are no names."""
    words = []
    for key in keys:
        values = sorted({_native(key, image.get(key, "none")) for image in images})
        words += [f"--{key} {' or '.join(values)}"] if values else []
    return ", ".join(words)


def _native(key: str, value: str) -> str:
    """Return how the absence of an entity is asked for."""
    return "native" if key == "space" and value == "none" else value
