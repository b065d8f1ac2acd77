"""What all tests share."""

import gc
import os
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import chain

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # read when a numerical library is loaded
    os.environ.setdefault(_name, "1")
sys.dont_write_bytecode = False  # compiled once, not again in every process of tests and of the program
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest  # noqa: E402
from markupsafe import escape  # noqa: E402
from matplotlib.artist import Artist  # noqa: E402
from matplotlib.axis import Axis  # noqa: E402
from matplotlib.text import Text  # noqa: E402

from remembrain import _parallel  # noqa: E402
from remembrain.report.figures import svg  # noqa: E402


def pytest_collection_finish() -> None:
    """Have the collector of garbage pass over all modules and tests: they stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def one_process() -> Iterator[None]:
    """Have what would take a process a core stay in its own: the tests themselves keep every core busy already.

    Tests of parallel work say how many processes they want. For the same reason each process has one numerical thread.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parallel, "cores", lambda: 1)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_power_cut() -> Iterator[None]:
    """Wait for no disk: only a power cut could tell the difference, and thousands of files are written.

    Tests of how files are written put something else in its place.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def open_umask() -> Iterator[None]:
    """Run under a umask that closes nothing: what is private is so because it was written so (``private_files``)."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def seldom_drawn() -> cached_property[str]:
    """Drawings of which each kind is written once by a process of tests."""
    return seldom()


@pytest.fixture(autouse=True, scope="module")
def each_picture_once(request: pytest.FixtureRequest, seldom_drawn: cached_property[str]) -> Iterator[None]:
    """Write each kind of picture once, and afterwards its words alone: it is most of a page's time.

    Tests of the report are of its pictures, and write every one.
    """
    with pytest.MonkeyPatch.context() as patch:
        if "report" not in request.path.parts:
            patch.setattr(svg.Drawing, "raw", seldom_drawn)
        yield


@pytest.fixture
def words_for_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pages hold the words of pictures alone: for tests of what a page says."""
    monkeypatch.setattr(svg.Drawing, "raw", named(words_alone))


def seldom() -> cached_property[str]:
    """A drawing as it is written the first time that one of its title is, then as an empty picture with its words."""
    written: set[str] = set()

    def raw(drawing: svg.Drawing) -> str:
        kind = re.sub(r"“.*”|[\d,]+", "", drawing.title)
        if kind not in written:
            written.add(kind)
            return svg._raw(drawing.figure)
        return words_alone(drawing)

    return named(raw)


def words_alone(drawing: svg.Drawing) -> str:
    """An empty picture with the words that are in a drawing."""
    words = escape(" ".join(text.get_text() for text in texts_of(drawing.figure)))
    return f'<svg viewBox="0 0 1 1"><text>{words}</text></svg>'


def texts_of(artist: Artist) -> Iterator[Text]:
    """The texts of a drawing; an axis is asked for the ticks that it has, for it would make all that it could have."""
    if isinstance(artist, Text):
        yield artist
    within = artist.get_children() if not isinstance(artist, Axis) else [artist.label, *ticks_of(artist)]
    yield from chain.from_iterable(map(texts_of, within))


def ticks_of(axis: Axis) -> list[Artist]:
    return [tick for kind in ("majorTicks", "minorTicks") for tick in vars(axis).get(kind, ())]


def named(raw) -> cached_property[str]:
    """A property of drawings."""
    made = cached_property(raw)
    made.__set_name__(svg.Drawing, "raw")
    return made
