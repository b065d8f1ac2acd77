"""What a target is asked: the view of whoever has it, of its earlier epochs, and what it reads beside the scan."""

from remembrain.query.view import (
    Answers,
    Layers,
    ask,
    attacks_on_answers,
    code_of,
    hashes_of,
    key_of,
    select_attacks,
    view_of,
    weights_of,
)

__all__ = [
    "Answers",
    "Layers",
    "ask",
    "attacks_on_answers",
    "code_of",
    "hashes_of",
    "key_of",
    "select_attacks",
    "view_of",
    "weights_of",
]
