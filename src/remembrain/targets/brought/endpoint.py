"""A model behind a server: one request a scan and no more, to the one host that the user named.

Asked again is only where there was no connection, or the server says that it has too much to do or failed, and then
three times at most. How many requests there are going to be is known before the first. What a request holds, and where
in an answer the number is, are functions of the user's.
"""

from __future__ import annotations

import http.client
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np
from jaxtyping import Float

from remembrain._calling import reason
from remembrain._text import shown
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.run.kept import hash_of
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.conversation import Hooks, each, instances
from remembrain.targets.brought.posting import Address, Answer, TooLong, send
from remembrain.targets.brought.request import Post

RETRIES = 3
TIME_LIMIT = 60.0
_PAUSES = (1.0, 4.0, 15.0)
_LONGEST_PAUSE = 120.0
_IN_JSON = {False: "JSON with a number", True: "JSON with a list of numbers"}


@dataclass(frozen=True)
class Limits:
    """How a server may be asked.

    Attributes
    ----------
    most
        Requests that may be sent at most, second ones too; ``None`` for as many as there are scans.
    per_second
        Requests a second; ``None`` for one after another.
    time_limit
        Seconds from a request to the end of its answer.
    """

    most: int | None = None
    per_second: float | None = None
    time_limit: float = TIME_LIMIT


class Endpoint:
    """Asks a server about scans, one request each.

    Parameters
    ----------
    url
        Where requests go.
    hooks
        What is sent and what is read.
    limits
        How it may be asked.
    say
        Told how many requests go where, before the first, and what is read of the first answer.
    sleep, clock
        Of time; others for tests.
    """

    def __init__(
        self,
        url: str,
        hooks: Hooks | None = None,
        limits: Limits | None = None,
        *,
        say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address, self.url = Address.of(url), url
        self.hooks, self.limits = hooks or Hooks(), limits or Limits()
        self.sent = 0
        self._say, self._sleep, self._clock = say, sleep, clock
        self._last: float | None = None
        self._told: tuple[int, ...] | None = None
        self._begun = False

    @property
    def name(self) -> str:
        """What it is called in messages and in the report: its host."""
        return self.address.place

    def begin(self, scans: int) -> None:
        """Say how many requests are going to be sent where, to ask about so many scans.

        Raises
        ------
        DataError
            Where more would be needed than may be sent.
        """
        self._begun = True
        most = self.limits.most
        if most is not None and scans > most:
            raise DataError(
                f"{scans:,} requests would be needed, one a scan, and {most:,} may be sent",
                where=self.name,
                expected=f"--max-queries {scans}",
                try_next="fewer people (--leave-out, --split), or a larger --max-queries",
            )
        if not scans:
            self._say(f"no request is sent to {self.name}")
            return
        open_way = ", unencrypted" if self.address.is_open else ""
        again = "" if most == scans else f", and up to {RETRIES} more for one that fails"
        pace = f", at most {self.limits.per_second:g} a second" if self.limits.per_second else ""
        self._say(f"{scans:,} requests are sent to {self.name}{open_way}: one a scan{again}{pace}")

    def __call__(self, scans: Any) -> Float[np.ndarray, "scan *number"]:
        """Return what it answers of scans.

        Raises
        ------
        DataError
            Where it cannot be reached, refuses, takes too long, sends one elsewhere, or answers with no number.
        """
        every = list(each(scans))
        if not self._begun:
            self.begin(len(every))
        return np.stack([self._numbers(self._answer(self._post(scan))) for scan in every])

    def _post(self, scan: Any) -> Post:
        """Return what is sent of a scan."""
        make = self.hooks.to_request
        if make is None:
            if isinstance(scan, str | Path):
                raise UsageError(
                    "there are many ways to send a file",
                    where=self.name,
                    expected="--request my_requests.py:to_request, with: def to_request(path): "
                    'return {"files": {"file": path}}',
                )
            make = instances
        where = getattr(make, "__name__", "to_request")
        words = self._called(make, scan, where)
        if not isinstance(words, Mapping):
            raise DataError(f"returns {type(words).__name__}", where=where, expected='a dict, such as {"json": ...}')
        return Post.of(words, where)

    def _answer(self, post: Post) -> Answer:
        """Send a request, again where that may help, and return an answer that is none of an error."""
        why = ""
        for attempt in range(RETRIES + 1):
            self._wait_for_turn(why)
            pause = _PAUSES[min(attempt, RETRIES - 1)]
            try:
                answer = send(self.address, post, self.limits.time_limit)
            except TimeoutError:
                raise self._failed(
                    f"did not answer within {self.limits.time_limit:g} s", try_next="--time-limit SECONDS"
                ) from None
            except ssl.SSLCertVerificationError as error:
                why = f"does not prove that it is this host ({shown(error.verify_message, 80)}), and gets nothing"
                raise self._failed(why, try_next="SSL_CERT_FILE=its-authority.pem before the command") from None
            except (ssl.SSLError, TooLong, ValueError) as error:
                raise self._failed(f"cannot be asked ({reason(error)})") from None
            except (OSError, http.client.HTTPException) as error:
                why = f"no connection ({reason(error)})"
            else:
                status = answer.status_code
                if status != 429 and status < 500:
                    self._insist_on_success(answer)
                    return answer
                why, pause = f"status {status}: {answer.first_words()!r}", _asked_for(answer, pause)
            if attempt < RETRIES:
                self._sleep(pause)
        raise self._failed(f"{why}, {RETRIES + 1} times in a row", try_next="the same command again, later")

    def _wait_for_turn(self, why: str) -> None:
        """Wait until one more request may be sent, and count it; ``why`` is why it is a second one."""
        most = self.limits.most
        if most is not None and self.sent >= most:
            raise self._failed(f"{most:,} requests were sent, and no more may be{f' ({why})' if why else ''}")
        if self.limits.per_second and self._last is not None:
            rest = self._last + 1 / self.limits.per_second - self._clock()
            if rest > 0:
                self._sleep(rest)
        self._last = self._clock()
        self.sent += 1

    def _insist_on_success(self, answer: Answer) -> None:
        """Raise where the server sends one elsewhere, or refuses."""
        status = answer.status_code
        if 300 <= status < 400:
            there = urljoin(self.url, answer.headers.get("location", ""))
            try:
                same = Address.of(there).place == self.name
            except UsageError:
                same = False
            raise self._failed(
                f"sends one on to {shown(there, 120)}, {'' if same else 'another host, '}and nothing is sent there",
                try_next=f"--endpoint {there}, if you trust it" if there != self.url else None,
            )
        if not 200 <= status < 300:
            raise self._failed(f"refuses with status {status}: {answer.first_words()!r}")

    def _numbers(self, answer: Answer) -> Float[np.ndarray, "*number"]:
        """Return the number that an answer holds, or where it is said the several."""
        own, several = self.hooks.from_response is not None, self.hooks.several
        try:
            numbers = np.asarray(self._called(self.hooks.read, answer, "from_response"), dtype=float)
            numbers = numbers.reshape(-1 if several else ())
        except RemembrainError as error:
            raise self._failed(f"{error.what}, of the answer {answer.first_words()!r}") from error
        except (TypeError, ValueError, OverflowError):
            numbers = np.array(np.nan)
        wanted = "numbers" if several else "number"
        if not numbers.size or not np.isfinite(numbers).all():
            expected = f"{wanted if several else f'a {wanted}'} from from_response" if own else _IN_JSON[several]
            raise self._failed(f"answers with no {wanted}: {answer.first_words()!r}", expected=expected)
        if self._told not in (None, numbers.shape):
            what = f"answers with {numbers.size} numbers, and with {self._told[0]} before"
            raise self._failed(what, expected="as many for every scan")
        if self._told is None and not own:
            taken = f"{numbers.size} numbers are" if several else f"{float(numbers):g} is"
            self._say(f"{taken} taken out of the first answer, {answer.first_words()!r}")
        self._told = numbers.shape
        return numbers

    def _called(self, function: Callable[[Any], Any], of: Any, name: str) -> Any:
        """Return what a function of the user's returns; what it prints is talk."""
        try:
            with redirect_stdout(sys.stderr):
                return function(of)
        except RemembrainError:
            raise
        except Exception as error:  # a stranger's code may raise anything
            raise DataError(f"{name} fails ({reason(error)})", where=self.name) from error

    def _failed(self, what: str, *, expected: str | None = None, try_next: str | None = None) -> DataError:
        """Make the error of a server that does not answer as it should."""
        return DataError(what, where=self.name, expected=expected, try_next=try_next)


def from_endpoint(
    url: str, request: str | None, limits: Limits, say: Callable[[str], None], *, several: bool = False
) -> Answering:
    """Return the model that is behind a server.

    Parameters
    ----------
    url
        Where requests go.
    request
        ``my_requests.py:to_request``, with ``from_response`` beside it; the usual form where it is left out.
    limits
        How it may be asked.
    say
        Told how many requests go where.
    several
        Whether an answer is several numbers.

    Raises
    ------
    UsageError, DataError
        As of :class:`Address` and :class:`Hooks`.
    """
    endpoint = Endpoint(url, Hooks.of(request, several=several), limits, say=say)
    return Answering(
        endpoint.name,
        "a server that was asked",
        endpoint,
        hash_of([url, endpoint.hooks.code]),
        "features",
        whole=False,  # another model may be behind it tomorrow
        dear=True,
        at_once=1,
        begin=endpoint.begin,
        hashes={"requests": endpoint.hooks.code} if endpoint.hooks.code else {},
        why_not_again="it is behind a server, and how it was trained is not known",
    )


def _asked_for(answer: Answer, pause: float) -> float:
    """Return how long the server asks to be left alone, within reason, or else the usual pause."""
    text = answer.headers.get("retry-after", "")
    return min(max(pause, float(text)), _LONGEST_PAUSE) if text.isdecimal() else pause
