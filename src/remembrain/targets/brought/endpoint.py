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

import numpy as np
from jaxtyping import Float

from remembrain._text import reason, shown
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.run.kept import hash_of
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.conversation import Hooks, each, instances
from remembrain.targets.brought.posting import Address, Answer, TooLong, send
from remembrain.targets.brought.refused import READ, insist_on_success, may_be_of_one_scan, pause_after
from remembrain.targets.brought.request import Post

RETRIES = 3
TIME_LIMIT = 60.0
_PAUSES = (1.0, 4.0, 15.0)
_MOST_WITHOUT = 3
"""Scans in a row that may have no answer."""


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
        self._place: tuple[str, ...] | None = None
        self._without = 0
        self._begun = self._answers = False

    @property
    def name(self) -> str:
        """What it is called in messages and in the report: its host."""
        return self.address.place

    def begin(self, scans: int, answered: int = 0) -> None:
        """Say how many requests are going to be sent where, to ask about so many scans beside those answered before.

        Raises
        ------
        DataError
            Where more would be needed than may be sent.
        """
        self._begun, self._answers = True, answered > 0
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
        return np.stack([self._of(scan) for scan in every])

    def _of(self, scan: Any) -> Float[np.ndarray, "*number"]:
        """Return what it answers of a scan."""
        answer = self._answer(self._post(scan))
        if self._answers and may_be_of_one_scan(answer.status_code):
            return self._nothing(f"status {answer.status_code}, {answer.first_words()!r}")
        insist_on_success(answer, self.url)
        return self._numbers(answer)

    def _post(self, scan: Any) -> Post:
        """Return what is sent of a scan."""
        make = self.hooks.to_request
        if make is None and isinstance(scan, str | Path):
            expected = (
                '--request my_requests.py:to_request, with: def to_request(path): return {"files": {"file": path}}'
            )
            raise UsageError("there are many ways to send a file", where=self.name, expected=expected)
        make = make or instances
        where = getattr(make, "__name__", "to_request")
        words = self._called(make, scan, where)
        if not isinstance(words, Mapping):
            raise DataError(f"returns {type(words).__name__}", where=where, expected='a dict, such as {"json": ...}')
        return Post.of(words, where)

    def _answer(self, post: Post) -> Answer:
        """Send a request, again where that may help, and return the answer."""
        why = ""
        for attempt in range(RETRIES + 1):
            self._wait_for_turn(why)
            pause = _PAUSES[min(attempt, RETRIES - 1)]
            try:
                answer = send(self.address, post, self.limits.time_limit)
            except TimeoutError:
                why = f"did not answer within {self.limits.time_limit:g} s"
                raise self._failed(why, try_next="--time-limit SECONDS") from None
            except ssl.SSLCertVerificationError as error:
                why = f"does not prove that it is this host ({shown(error.verify_message, 80)}), and gets nothing"
                raise self._failed(why, try_next="SSL_CERT_FILE=its-authority.pem before the command") from None
            except (ssl.SSLError, TooLong, ValueError) as error:
                raise self._failed(f"cannot be asked ({reason(error)})", try_next=READ) from None
            except (OSError, http.client.HTTPException) as error:
                why = f"no connection ({reason(error)})"
            else:
                status = answer.status_code
                if status != 429 and status < 500:
                    return answer
                why, pause = f"status {status}: {answer.first_words()!r}", pause_after(answer, pause)
                if attempt == RETRIES and self._answers and may_be_of_one_scan(status):
                    return answer
            if attempt < RETRIES:
                self._sleep(pause)
        raise self._failed(f"{why}, {RETRIES + 1} times in a row", try_next="the same command again, later")

    def _wait_for_turn(self, why: str) -> None:
        """Wait until one more request may be sent, and count it; ``why`` is why it is a second one."""
        most = self.limits.most
        if most is not None and self.sent >= most:
            raise self._failed(
                f"{most:,} requests were sent, and no more may be{f' ({why})' if why else ''}",
                try_next="the same command again: what was answered is kept, and it is asked about the rest alone",
            )
        if self.limits.per_second and self._last is not None:
            rest = self._last + 1 / self.limits.per_second - self._clock()
            if rest > 0:
                self._sleep(rest)
        self._last = self._clock()
        self.sent += 1

    def _numbers(self, answer: Answer) -> Float[np.ndarray, "*number"]:
        """Return the number that an answer holds, or where it is said the several; NaN where it holds none."""
        own, words = self.hooks.from_response is not None, repr(answer.first_words())
        try:
            part = self._called(lambda given: self.hooks.read(given, self._place), answer, "from_response")
        except RemembrainError as error:
            raise self._failed(f"{error.what}: {words}", try_next=READ) from error
        numbers = _array(part.value, several=self.hooks.several)
        known = self._answers or (own and part.value is not None)
        if known and numbers.size and np.isnan(numbers).all():
            return self._nothing(words)
        wanted = "numbers" if self.hooks.several else "number"
        what = "" if numbers.size and np.isfinite(numbers).all() else f"answers with no {wanted}: {words}"
        if not what and self._told not in (None, numbers.shape):
            what = f"answers with {numbers.size} numbers, and with {self._told[0]} before"
        if what:
            source = "from_response" if own else "JSON"
            raise self._failed(what, expected=f"{wanted} from {source}, as many for every scan", try_next=READ)
        if self._told is None and not own:
            taken = f"{numbers.size} numbers are" if self.hooks.several else f"{float(numbers):g} is"
            self._say(f"{taken} taken out of the first answer, {words}")
            self._place = part.names
        self._told, self._answers, self._without = numbers.shape, True, 0
        return numbers

    def _nothing(self, said: str) -> Float[np.ndarray, "*number"]:
        """Return NaN for a scan that has no answer, where others have."""
        self._without += 1
        if self._without > _MOST_WITHOUT:
            raise self._failed(f"has no answer to {self._without} scans in a row, {said}", try_next=READ)
        self._say(f"{self.name} has no answer to a scan: {said}")
        return np.full(self._told or (1,) * self.hooks.several, np.nan)

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


def _array(value: Any, *, several: bool) -> Float[np.ndarray, "*number"]:
    """Return what was read as numbers; infinity where it is anything else."""
    try:
        return np.asarray(value, dtype=float).reshape(-1 if several else ())
    except (TypeError, ValueError, OverflowError):
        return np.array(np.inf)
