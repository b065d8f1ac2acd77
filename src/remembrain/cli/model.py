"""Commands about one model: its people, its training, attacks on it, its report, and defences of it."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from cyclopts import Parameter

from remembrain._terminal import put, say
from remembrain.cli._program import command
from remembrain.cli._root import Data, NewRun, Seed, Workers, concluding
from remembrain.config import (
    AttackOptions,
    BroughtConfig,
    BroughtOptions,
    Config,
    DataOptions,
    ImportOptions,
    Options,
    PredictionsConfig,
    ScanOptions,
    SplitOptions,
    TrainOptions,
)
from remembrain.config.brought_options import PredictionOptions
from remembrain.config.idle import insist_on_use
from remembrain.config.model_options import DefendOptions, ReportOptions, ShowOptions
from remembrain.config.said import Said
from remembrain.errors import UsageError


@Parameter(name="*")
@dataclass(frozen=True)
class ModelOptions:
    """The options of a model and of its people: how these are read and divided, how it is trained, or was."""

    data: DataOptions = DataOptions()
    split: SplitOptions = SplitOptions()
    training: TrainOptions = TrainOptions()
    imported: ImportOptions = ImportOptions()

    @property
    def sections(self) -> dict[str, Options]:
        """They by their sections."""
        return {"data": self.data, "split": self.split, "training": self.training, "import": self.imported}


@command("check BIDS_DIR")
def check(
    data: Data, /, *, data_options: DataOptions = DataOptions(), split_options: SplitOptions = SplitOptions()
) -> None:
    """Print what would be used of a BIDS folder or a table, what an audit of it could see, and every problem.

    Exit with 3 if it is unusable.
    """
    from remembrain.study.central.check import check_data

    insist_on_use(Said("check", data_options, split_options, source=data))
    lines, usable = check_data(data, data_options, split_options)
    put("\n".join(lines))
    if not usable:
        raise SystemExit(3)


@command("prepare BIDS_DIR BIDS_PREPARED")
def prepare(
    bids_dir: Path, out: Path, /, *, scan_options: ScanOptions = ScanOptions(), workers: Workers = None
) -> None:
    """Prepare raw T1 scans: bias field, brain extraction, MNI space at 2 mm by nine degrees of freedom.

    A rerun goes on where it stopped. Scans that cannot be prepared are named, and the rest goes on; exit with 3 where
    none can be. Needs the extra raw.

    Parameters
    ----------
    bids_dir
        A BIDS folder of whole heads.
    out
        The folder of prepared scans, a BIDS derivative with pages on their quality; new, or of an earlier call.
    """
    from remembrain.study.preparing import prepare as study

    put("\n".join(map(str, study(bids_dir, out, scan_options, workers, say))))


@command("train BIDS_DIR runs/first --network cnn3d --epochs 20")
def train(
    data: Data,
    run: NewRun,
    /,
    *,
    data_options: DataOptions = DataOptions(),
    split_options: SplitOptions = SplitOptions(),
    train_options: TrainOptions = TrainOptions(),
    seed: Seed = 0,
) -> None:
    """Split the people, and train a network on the members; a rerun goes on where it stopped."""
    from remembrain.study import audit as study

    config = Config(source=data, seed=seed, data=data_options, split=split_options, training=train_options)
    insist_on_use(Said.of(config))
    put(study.train(config, run, say).target)


@command("import BIDS_DIR runs/theirs --weights model.safetensors --network their_model:Net --split split.tsv")
def import_(
    data: Data,
    run: NewRun,
    /,
    *,
    model_options: ModelOptions = ModelOptions(),
    seed: Seed = 0,
) -> None:
    """Bring in a model that was trained elsewhere, with the people it was and was not trained on."""
    from remembrain.study import audit as study

    config = Config(source=data, seed=seed, **model_options.sections)
    insist_on_use(Said.of(config, work="import"))
    put(study.bring_in(config, run, say).target)


@command("attack runs/first error-threshold logistic")
def attack(
    run: Path, /, *attacks: str, attack_options: AttackOptions = AttackOptions(), workers: Workers = None
) -> None:
    """Attack the target of a run folder and add to evidence.json; the core of attacks where none is named.

    Attacks that are in the evidence stay, and all are judged together: --fail-above holds for all of them.

    Parameters
    ----------
    run
        A run folder made by train or import.
    attacks
        Names of attacks, or all for those that are not there yet; network:A+B composes the published classifier over
        the signals A and B.
    """
    from remembrain.study import audit as study

    named = attack_options.model_copy(update={"attacks": (*attack_options.attacks, *attacks)})
    conclude = concluding(named.fail_above)
    had_report = (run / "report.html").exists()
    judged = study.attack(run, named, workers, say)
    if had_report:
        command_line = f"remembrain report {shlex.quote(str(run))}"
        say(f"report.html was of the evidence before, and is removed; a new one: {command_line}")
    conclude(run / "evidence.json", judged)


@command("report runs/cnn3d runs/slice-mean --out comparison.html")
def report(*runs: Path, report_options: ReportOptions = ReportOptions()) -> None:
    """Write one HTML file over one or several run folders.

    Parameters
    ----------
    runs
        Run folders that were attacked.
    """
    from remembrain.report.write import write
    from remembrain.study.central.corrected import audits_in

    out = report_options.out
    if not runs:
        raise UsageError("no run folder named", try_next="remembrain report RUN")
    if len(runs) > 1 and out is None:
        raise UsageError("several run folders and no file for their report", try_next="remembrain report A B --out F")
    if len(runs) == 1 and len(both := audits_in(runs[0])) == 2:
        runs, out = tuple(both), out or runs[0] / "report.html"
    put(write(runs, out))


@command("audit BIDS_DIR runs/first")
def audit(
    data: Data,
    run: NewRun,
    /,
    *,
    model_options: ModelOptions = ModelOptions(),
    brought_options: BroughtOptions = BroughtOptions(),
    attack_options: AttackOptions = AttackOptions(),
    seed: Seed = 0,
) -> None:
    """Train a model or bring one in, attack it and write the report, in one go.

    With --model, --predict, --command or --endpoint it is a model that answers, whatever it was made with.
    """
    from remembrain.study import audit as study

    options = model_options
    config = Config(source=data, seed=seed, attack=attack_options, **options.sections)
    conclude = concluding(attack_options.fail_above)
    if brought_options.ways:
        said = config, *options.sections.values(), brought_options, attack_options
        insist_on_use(Said("ask", *said, source=data))
        from remembrain.study.central.brought import audit_brought

        asked = BroughtConfig(
            source=data,
            seed=seed,
            data=options.data,
            split=options.split,
            brought=brought_options,
            attack=attack_options,
            **{"import": options.imported},
        )
        conclude(*audit_brought(asked, run, say))
        return
    insist_on_use(Said("train", brought_options, source=data))
    insist_on_use(Said.of(config, work="import" if options.imported.weights else "train"))
    conclude(*study.audit(config, run, say))


@command("audit-predictions predictions.csv runs/predictions")
def audit_predictions(
    table: Path,
    run: NewRun,
    /,
    *,
    data_options: DataOptions = DataOptions(),
    split_options: SplitOptions = SplitOptions(),
    prediction_options: PredictionOptions = PredictionOptions(),
    attack_options: AttackOptions = AttackOptions(),
    seed: Seed = 0,
) -> None:
    """Audit a model by its predictions alone, however it was made: the model and the scans stay where they are.

    Parameters
    ----------
    table
        One row a scan (.csv, .tsv, .parquet): participant_id, age, predicted_age, member (1 or 0); where there are any
        session_id, sex, site and further facts, predicted_NAME of the scan in disguise, and reference_NAME with
        in_reference_NAME of other models or folds.
    """
    from remembrain.study.central.predictions import audit_predictions as study

    config = PredictionsConfig(
        source=table,
        seed=seed,
        data=data_options,
        split=split_options,
        predictions=prediction_options,
        attack=attack_options,
    )
    conclude = concluding(attack_options.fail_above)
    insist_on_use(Said.of(config, work="predictions"))
    conclude(*study(config, run, say))


@command("show runs/first --json")
def show(run: Path, /, *, show_options: ShowOptions = ShowOptions()) -> None:
    """Print the evidence of a run folder.

    Parameters
    ----------
    run
        A run folder that was attacked.
    """
    from remembrain.report.terminal import evidence_of, lines_of

    evidence = evidence_of(run)
    put(json.dumps(evidence, indent=1) if show_options.json_ else "\n".join(lines_of(evidence)))


@command("defend BIDS_DIR runs/defences --grid grid.toml")
def defend(data: Data, run: NewRun, /, *, defend_options: DefendOptions, workers: Workers = None) -> None:
    """Train and attack one model a defence, strength and seed, and compare what each costs and buys.

    A rerun goes on where it stopped.
    """
    from remembrain.study.defences.defend import defend as compare_defences

    put(compare_defences(data, run, defend_options.grid, workers, say))
