"""What all options share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
from annotated_types import Gt
from pydantic import ValidationError
from typing_extensions import Doc

from remembrain import config
from remembrain.config.base import options_of
from remembrain.errors import UsageError

OURS = {object, *config.Options.__mro__}


def test_no_option_is_stated_twice_in_a_section() -> None:
    for models in config.SECTIONS.values():
        stated = {base: list(base.__annotations__) for model in models for base in model.__mro__ if base not in OURS}
        names = [name for listed in stated.values() for name in listed]
        assert len(names) == len(set(names))


class Inner(config.Options):
    some_share: float = 0.5


class Outer(config.Options):
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"inner": {"some_shares": 1}}, r"unknown key 'some_shares' in \[inner\]; expected some_share"),
        ({"several": [{}, {"zzz": 1}]}, r"unknown key 'zzz' in \[several\]; expected one of some_share"),
        ({"iner": {}}, r"unknown section \[iner\]; expected \[inner\]"),
        ({"sveral": 1}, r"unknown key 'sveral'; expected several"),
        ({"inner": {"some-share": "x"}}, r"inner\.some_share: Input should be a valid number.*; expected a hint"),
    ],
)
def test_what_a_file_says_wrongly_is_named_with_what_is_near(content: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=rf"options\.toml: {message}"):
        Outer.of_file(Path("options.toml"), content, expected="a hint")
    assert Outer.of_file(Path("options.toml"), {"inner": {"some-share": 1}}).inner == Inner(some_share=1)


def test_options_of_a_dataclass_have_its_bounds_help_and_defaults() -> None:
    @dataclass(frozen=True)
    class Stated:
        share: Annotated[float, Gt(0), Doc("How much.")] = 0.5

    made = options_of(Stated)
    assert made().model_dump() == {"share": 0.5}
    assert made.model_fields["share"].description == "How much."
    for wrong in ({"share": 0.0}, {"shares": 1.0}):
        with pytest.raises(ValidationError):
            made(**wrong)
