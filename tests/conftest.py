"""What all tests share."""

from collections.abc import Iterator

import pytest

from remembrain import _parallel


@pytest.fixture(autouse=True, scope="session")
def one_process() -> Iterator[None]:
    """Have what would take a process a core stay in its own: the tests themselves keep every core busy already.

    Tests of parallel work say how many processes they want.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parallel, "cores", lambda: 1)
        yield
