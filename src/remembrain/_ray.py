"""The same calls on the machines of a Ray cluster.

A cluster that is started here reports nothing to Ray's makers. One that runs already was started by somebody else, who
decides that (``ray start --head --disable-usage-stats``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from remembrain._progress import progress
from remembrain.errors import RemembrainError, UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")

HERE = "here"
"""The address of a cluster of this machine alone, which is started and ended with the work."""


def map_cluster(
    call: Callable[[Item], Result], items: Sequence[Item], *, address: str, description: str
) -> list[Result]:
    """Call a top-level function on every item, a core each, wherever in the cluster one is free.

    Parameters
    ----------
    call
        A picklable function of one item, importable on every machine.
    items
        What to call it on; files that they name are on a file system that all machines see.
    address
        Of the cluster's head, as ``ray start`` printed it; ``here`` starts one on this machine alone.
    description
        Text of the progress bar.

    Returns
    -------
    results
        In the order of the items, wherever they were made.

    Raises
    ------
    UsageError
        Where Ray is not installed.
    RemembrainError
        Where the cluster cannot be reached, or a machine was lost; what a call raises is raised here.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ModuleNotFoundError:
        raise UsageError("ray is not installed", try_next="pip install 'remembrain[ray]'") from None
    _join(ray, address)
    try:
        remote = ray.remote(num_cpus=1, max_retries=0)(call)
        with progress(description, len(items)) as advance:
            places = {remote.remote(item): place for place, item in enumerate(items)}
            found: dict[int, Any] = {}
            waiting = list(places)
            while waiting:
                (done,), waiting = ray.wait(waiting, num_returns=1)
                found[places[done]] = ray.get(done)
                advance()
    except ray.exceptions.RayTaskError as error:
        raise error.cause if isinstance(error.cause, Exception) else RemembrainError(str(error)) from None
    except ray.exceptions.RayError as error:
        raise RemembrainError(
            f"{description}: a machine of the cluster was lost ({type(error).__name__})",
            try_next="the same command, which goes on where this one stopped",
        ) from None
    finally:
        ray.shutdown()
    return [found[place] for place in range(len(items))]


def _join(ray: Any, address: str) -> None:
    """Join a cluster, or start one here."""
    where = {"include_dashboard": False} if address == HERE else {"address": address}
    try:
        ray.init(**where, log_to_driver=False, logging_level="error")
    except (ConnectionError, ValueError, RuntimeError) as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise RemembrainError(
            f"no Ray cluster answers ({said})", where=address, try_next="ray start --head --disable-usage-stats"
        ) from None
