"""An audit from end to end: a target is trained or brought in, attacked, and written down."""

from __future__ import annotations

from pathlib import Path

from remembrain.audits.judge import Evidence
from remembrain.audits.outlook import Say, foreseen, quiet
from remembrain.cohort.check import Roles
from remembrain.config import AttackOptions, Config
from remembrain.config.recipe import cluster_of
from remembrain.config.roles import divided_by
from remembrain.query import select_attacks
from remembrain.report import write as report
from remembrain.study.central import attack as central
from remembrain.study.central.bring_in import bring_in
from remembrain.study.central.train import train
from remembrain.study.federated.insiders import assess_insiders
from remembrain.study.people import Read, read_cohort, read_once

__all__ = ["attack", "audit", "bring_in", "train"]


def attack(
    path: Path, options: AttackOptions, workers: int | None = None, say: Say = quiet, read: Read = read_cohort
) -> Evidence:
    """Attack the target of a run folder, from within a federation too where it was trained by one.

    Parameters, results and errors are those of :func:`remembrain.study.central.attack.attack`.
    """
    return central.attack(path, options, workers, say, read, assess_insiders)


def audit(config: Config, path: Path, say: Say = quiet) -> tuple[Path, Evidence]:
    """Train or bring in, attack, and write the report; return its path and what was found."""
    attacks = select_attacks(config.attack.attacks, config.attack.access, references=config.attack.references > 0)
    cluster_of(config.attack)
    lines_said: set[str] = set()

    def once(line: str) -> None:
        """Say what was not said before: an attack prepares the data again."""
        if line not in lines_said:
            lines_said.add(line)
            say(line)

    def look(roles: Roles) -> Roles:
        return foreseen(roles, attacks, divided_by(config.split), once, match=config.attack.match)

    read = read_once()
    run = (bring_in if config.imported.weights else train)(config, path, once, look, read)
    judged = attack(run.path, config.attack, config.data.workers, once, read)
    return report.write([run.path]), judged
