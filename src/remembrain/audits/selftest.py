"""The self-test: simulated audits and mechanisms, held against their bounds and kept for reports."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from remembrain._parallel import map_processes
from remembrain.audits import simulated, simulated_bounds
from remembrain.audits.simulated import Draw
from remembrain.errors import DataError, RemembrainError
from remembrain.record.document import SelfTest
from remembrain.record.written import as_json
from remembrain.run import write_json


def run_selftest(*, audits: int, seed: int, path: Path, workers: int | None = None) -> SelfTest:
    """Simulate audits, hold what comes out against its bounds, and keep the result for reports.

    Parameters
    ----------
    audits
        Audits without a leak; a third as many have one. As many of epsilon without a leak, and as many with one.
    seed
        Of everything that is drawn; the result does not depend on the number of workers.
    path
        File of the result.
    workers
        Processes; one a core when left out.

    Returns
    -------
    result
        As it stands in ``evidence.json``.
    """
    if audits < 20:
        raise DataError(f"{audits} audits", where="selftest", expected="at least 20")
    without = [Draw(seed, place) for place in range(audits)]
    leaking = [Draw(seed, place, leak=True) for place in range(max(20, audits // 3))]
    audited = map_processes(simulated.simulate, [*without, *leaking], workers=workers, description="self-test")
    bounds = map_processes(
        simulated_bounds.simulate_bounds, without, workers=workers, description="self-test of epsilon"
    )
    lines = (*simulated.lines_of(audited), *simulated_bounds.lines_of(bounds))
    result = SelfTest(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        version=metadata.version("remembrain"),
        seed=seed,
        audits=audits,
        passed=all(line.passed for line in lines),
        lines=lines,
    )
    write_json(path, as_json(result))
    return result


def insist(result: SelfTest) -> None:
    """Raise where a figure left its bounds."""
    broken = [line for line in result.lines if not line.passed]
    if broken:
        listed = "; ".join(
            f"{line.name} {line.value:.3f} ({line.low:.3f} to {line.high:.3f}) of {line.n}" for line in broken
        )
        raise RemembrainError(
            f"the self-test failed: {listed}",
            expected="figures within their bounds",
            try_next="remembrain selftest with another --seed; if it fails again, do not rely on this installation",
        )
