"""A model that the user names, asked about everybody in a table or a BIDS folder, and audited."""

from __future__ import annotations

from pathlib import Path

from remembrain._text import few
from remembrain.audits.feeding import read_owner
from remembrain.audits.judge import Evidence
from remembrain.audits.outlook import Say
from remembrain.cohort import left_out
from remembrain.config import BroughtConfig
from remembrain.config.named import named_model
from remembrain.query import attacks_on_answers
from remembrain.run import Key, RunFolder
from remembrain.study.central.asked import Question, audit_asked, insist_on_training
from remembrain.study.central.brought_scans import of_folder, of_table
from remembrain.study.central.in_one_go import Request
from remembrain.targets.brought.kept_answers import Kept


def audit_brought(config: BroughtConfig, run: Path, say: Say) -> tuple[Path, Evidence]:
    """Ask a model about everybody, audit what it answers, and write the report.

    Parameters
    ----------
    config
        The people, who of them was trained on, the model, and the attacks.
    run
        The run folder; of a model that stops in the middle it keeps what was answered.
    say
        Told what was understood.

    Returns
    -------
    report, evidence
        Where the report lies, and what was found.

    Raises
    ------
    UsageError
        Where words are wrong, or an extra is not installed.
    DataError
        Where model or data cannot be used, or do not fit together.
    """
    attacks_on_answers(config.attack.attacks)  # words come before files
    RunFolder.usable(run).insist_on("model")
    model = named_model(config.brought, config.imported, say, of_files=config.source.is_dir())
    insist_on_training(model, config.attack, "leave out --references")
    asked = (of_folder if config.source.is_dir() else of_table)(model, config, say)
    scans, split = asked.material.scans, asked.material.split
    path, tolerance = config.imported.owner_predictions, config.imported.owner_tolerance
    owner = read_owner(path, tolerance, scans, split, config.data.label)
    for line in (*asked.model.notes, *asked.material.lines()):
        say(line)
    columns = [str(name) for name in getattr(asked.scans, "columns", ())]
    if columns and asked.model.begin is not None:
        say(f"{asked.model.name} gets of each scan {few(columns)}; no name, no {config.data.label}, no role")
    key = Key.of(
        model=asked.model.code, output=asked.model.output, scans=list(asked.material.inputs.keys()), columns=columns
    )
    batch = asked.model.at_once or config.brought.batch or asked.batch
    leaves_out = config.data.leave_out == "problems"
    kept = Kept(run, key, say, f"mend it; {left_out.OPTION} goes on without scans that it cannot read", leaves_out)
    question = Question(asked.scans, batch, kept, asked.model.reads == "numbers")
    request = Request(run, config.attack, config.seed, config.data.workers or 1)
    evidence = audit_asked(asked.model, question, asked.material, request, owner)
    return run / "report.html", evidence
