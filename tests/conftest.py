"""What all tests share."""

import os
from collections.abc import Iterator

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # read when a numerical library is loaded
    os.environ.setdefault(_name, "1")

import pytest  # noqa: E402

from remembrain import _parallel  # noqa: E402


@pytest.fixture(autouse=True, scope="session")
def one_process() -> Iterator[None]:
    """Have what would take a process a core stay in its own: the tests themselves keep every core busy already.

    Tests of parallel work say how many processes they want. For the same reason each process has one numerical thread.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parallel, "cores", lambda: 1)
        yield
