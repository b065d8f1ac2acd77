"""What a server says that does not answer, and what helps whoever asks it."""

from __future__ import annotations

from urllib.parse import urljoin

from remembrain._text import shown
from remembrain.errors import DataError, UsageError
from remembrain.targets.brought.posting import Address, Answer

READ = (
    "--request my_requests.py:to_request, and beside it: def from_response(answer): return answer.json()[...], the "
    "number that is the prediction"
)
SEND = '--request my_requests.py:to_request, with: def to_request(scan): return {"json": ...}, what it takes'
_SIGN_IN = (
    'headers of to_request (--request my_requests.py:to_request): return {..., "headers": {"Authorization": '
    '"Bearer " + os.environ["TOKEN"]}}'
)
_HELP = {
    **dict.fromkeys((401, 403, 407), _SIGN_IN),
    **dict.fromkeys((400, 406, 411, 413, 415, 422), SEND),
    404: "--endpoint with the whole path of the model, such as https://host/predict",
    405: '"method" of to_request (--request my_requests.py:to_request): return {..., "method": "GET"}',
    402: "the same command again once it may be asked; what was answered is kept",
}
_OF_A_SCAN = frozenset((400, 413, 415, 422, 500))
"""What servers say of one scan that their model cannot read."""

_LONGEST_PAUSE = 120.0


def may_be_of_one_scan(status: int) -> bool:
    """Tell whether a status may be due to what was sent, and not to who sent it."""
    return status in _OF_A_SCAN


def insist_on_success(answer: Answer, url: str) -> None:
    """Raise where a server sends one elsewhere, or refuses.

    Raises
    ------
    DataError
        With what it says, and what may help.
    """
    status, address = answer.status_code, Address.of(url)
    if 300 <= status < 400:
        there = urljoin(url, answer.headers.get("location", ""))
        try:
            same = Address.of(there).place == address.place
        except UsageError:
            same = False
        raise DataError(
            f"sends one on to {shown(there, 120)}, {'' if same else 'another host, '}and nothing is sent there",
            where=address.place,
            try_next=f"--endpoint {there}, if you trust it" if there != url else None,
        )
    if not 200 <= status < 300:
        what = f"refuses with status {status}: {answer.first_words()!r}"
        raise DataError(what, where=address.place, try_next=_HELP.get(status, "the same command again, later"))


def pause_after(answer: Answer, pause: float) -> float:
    """Return how long a server asks to be left alone, within reason, or else the usual pause."""
    text = answer.headers.get("retry-after", "")
    return min(max(pause, float(text)), _LONGEST_PAUSE) if text.isdecimal() else pause
