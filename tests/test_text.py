"""What a message shows of other people's texts: a few, each shortened, and nothing that cannot be seen."""

from __future__ import annotations

import pytest

from remembrain._text import few, nameless, printable, shown, unseen
from remembrain.errors import DataError, Problem, ProblemsError

HIDDEN = {
    "\u202e": "U+202E (right-to-left override)",
    "\u2066": "U+2066 (left-to-right isolate)",
    "\u2069": "U+2069 (pop directional isolate)",
    "\u200b": "U+200B (zero width space)",
    "\u200f": "U+200F (right-to-left mark)",
    "\u061c": "U+061C (arabic letter mark)",
    "\ufeff": "U+FEFF (byte order mark)",
    "\u00ad": "U+00AD (soft hyphen)",
    "\u3164": "U+3164 (hangul filler)",
    "\ufe0f": "U+FE0F (variation selector-16)",
    "\u00a0": "U+00A0 (no-break space)",
    "\x1b": "U+001B (escape)",
    "\x00": "U+0000 (null)",
    "\n": "U+000A (line feed)",
    "\t": "U+0009 (tab)",
    "\x07": "U+0007 (control character)",
    "\ue000": "U+E000 (unnamed)",
    "\ud800": "U+D800 (unnamed)",
    "\U000e0041": "U+E0041 (tag latin capital letter a)",
}


@pytest.mark.parametrize("sign", HIDDEN)
def test_a_sign_that_cannot_be_seen_is_named_and_never_printed(sign: str) -> None:
    assert unseen(f"sub-{sign}01{sign}") == [HIDDEN[sign]]
    assert printable(f"sub-{sign}01") == f"sub-<U+{ord(sign):04X}>01"
    error = str(DataError("is wrong", where=f"a{sign}b", expected=f"x{sign}", try_next=f"y{sign}"))
    assert sign not in error.replace("\n  try: ", "")
    assert f"a<U+{ord(sign):04X}>b: is wrong" in error
    assert sign not in str(Problem(f"a{sign}", f"b{sign}"))


@pytest.mark.parametrize("text", ["sub-01", "Größe", "年齢", "عمر", "naïve café", "π ≤ 3"])
def test_what_can_be_seen_stays(text: str) -> None:
    assert printable(text) == shown(text) == text
    assert unseen(text) == []


def test_a_name_is_cut_and_a_list_is_too() -> None:
    assert shown("x" * 40) == "x" * 40
    assert shown("x" * 41) == "x" * 39 + "…"
    assert few("abcde") == "a, b, c, d, e"
    assert few(["y" * 100, *range(1005)], between=" or ") == "y" * 39 + "… or 0 or 1 or 2 or 3 and 1,001 more"
    assert few([]) == ""


def test_a_message_is_never_longer_than_can_be_read() -> None:
    error = str(DataError("x" * 10**6, where="y" * 10**6, expected="z" * 10**6, try_next="w" * 10**6))
    assert len(error) < 2100
    many = [Problem(f"row {row}", f"{'p' * 1000} {row}", summary="is private") for row in range(1000)]
    lines = str(ProblemsError(many, where="a.tsv")).splitlines()
    assert lines[0] == "a.tsv: 1000 problems"
    assert len(lines) == 7
    assert lines[-1] == "  - and 995 more like these: is private"
    assert max(map(len, lines)) < 600
    other = [Problem(f"row {row}", f"is {row}") for row in range(1000)]
    assert len(str(ProblemsError(other, where="a.tsv")).splitlines()) == 1 + 50 + 1


def test_a_line_break_in_a_name_makes_no_line_of_its_own() -> None:
    problems = [Problem("a.tsv: x\n  - b.tsv: all is well", "is wrong")]
    assert len(str(ProblemsError(problems, where="a.tsv")).splitlines()) == 2


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (ValueError("no bin for tensor([83.25])"), "ValueError: no bin for tensor([…])"),
        (ValueError("an age of 1.5e-3 or 6e1"), "ValueError: an age of … or …"),
        (
            RuntimeError("shapes cannot be multiplied (1x3 and 4x1)"),
            "RuntimeError: shapes cannot be multiplied (1x3 and 4x1)",
        ),
    ],
)
def test_what_strange_code_says_of_somebody_s_numbers_is_left_out(raised: Exception, said: str) -> None:
    assert nameless(raised) == said
