"""Options that would change nothing where they are said are refused: which, when and why, a function for each model.

Whoever says an option means something by it, and a run that goes on without it answers another question. A value equal
to the default is never refused, so that a file of options with all of them holds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel

from remembrain.config.base import Options
from remembrain.config.brought_options import BroughtOptions
from remembrain.config.data_options import DataOptions
from remembrain.config.model_options import (
    AttackOptions,
    FederationOptions,
    ImportOptions,
    RoundsOptions,
    SplitOptions,
    TrainOptions,
)
from remembrain.config.records import SurveyConfig
from remembrain.config.said import Said
from remembrain.config.table_options import AdversaryOptions, PublishedOptions, ReleaseOptions, SurveyOptions
from remembrain.errors import UsageError


@dataclass(frozen=True)
class Idle:
    """Options that change nothing where this ``holds``, why, and what to do instead of leaving them out."""

    keys: str
    holds: bool
    why: str
    instead: str = ""


Rows: TypeAlias = Iterator[Idle]

_OF_WEIGHTS = ("weights", "weights_key")
_ASKED = "a model that is asked is neither trained nor taken apart"


def _data(said: Said) -> Rows:
    sites = "site", said[DataOptions].site_column  # site: of that column
    other_sites = said.work == "federate" and said.by_column and said[FederationOptions].environment not in sites
    of_features = "drop keep decimal missing_codes keep_values raw_columns"
    yield Idle("derivatives space desc entity", said.is_table, "a table has no image files")
    yield Idle("grid store", said.is_table, "a table has no volumes")
    yield Idle("raw", said.is_table or said.work == "predictions", "a table has no scans")
    instead = "remembrain prepare BIDS_DIR OUT, and check OUT"
    yield Idle("raw", said.work == "check", "check prepares nothing", instead)
    yield Idle(of_features, said.is_folder, "a BIDS folder has no columns of features")
    yield Idle("participants more_features", said.is_folder, "a BIDS folder has its own participants.tsv")
    yield Idle("site_column", other_sites, "--environment names the column of sites")
    facts = said.work == "predictions"
    yield Idle("raw_columns label_is_number", facts, "no network reads the columns, which are facts of people")
    yield Idle("raw_columns", said.work == "ask", "a model that is asked gets columns as they are")


def _split(said: Said) -> Rows:
    split = said[SplitOptions]
    given, trained_here = split.split is not None, said.work != "import"
    says = "--split says who is a member and whom the attacker knows"
    yield Idle("members_list nonmembers_list known", given, says)
    listed, no_canaries = split.members_list is not None, not trained_here or not (split.canaries or given)
    yield Idle("members nonmembers validation population", given or listed, "the split is given")
    why = "who was trained on is known of a model that answered already"
    yield Idle("members nonmembers validation population canaries", said.answered, why)
    instead = "--canaries 40, of a model that is trained here"
    yield Idle("canary_shift", no_canaries, "there are no canaries whose age is to be wrong", instead)


def _training(said: Said) -> Rows:
    own, brought = said.own_class, said.work == "import"
    yield Idle(" ".join(TrainOptions.model_fields), said.work == "ask", _ASKED)
    why = "they are of a class of yours, and the network is ours"
    yield Idle("network_arguments", not own, why, "--network module:Class")
    yield Idle("form", own, "forms are of our networks", "--grid mni for larger volumes")
    why = "how a class of yours is built is its own"
    yield Idle("dropout", own, why, "--network-arguments, if the class takes it")
    yield Idle("dropout", said.defended_by("dropout"), "the defence says another share")
    yield Idle("weight_decay", said.defended_by("weight-decay"), "the defence says another penalty")
    yield Idle("epochs", said.defended_by("early-stopping"), "the defence says how many")
    every_round = "the models of every round of a federation are kept"
    yield Idle("keep_every", said.work in ("federate", "start"), every_round)
    yield Idle("keep_every", brought, "a model that is brought in is not trained here")
    why = "models like the one that is brought in are trained only where its epochs are said"
    several = brought and len(said[ImportOptions].weights) > 1
    yield Idle("epochs", several, "an ensemble is not trained again, and there are no models like it")
    untrained = brought and said[TrainOptions].epochs is None
    yield Idle("learning_rate weight_decay batch_size", untrained, why, "--epochs as well")
    scaled = said.private and not said.is_folder  # columns of a table, by people who are not to be protected
    yield Idle("defences", untrained and not scaled, why, "--epochs as well")
    yield Idle("epsilon noise_multiplier", untrained and said.is_folder, why, "--epochs as well")
    yield Idle("delta clip secure_noise label_range", untrained, why, "--epochs as well")
    instead = "--epsilon or --noise-multiplier as well"
    yield Idle("delta clip secure_noise label_range", not said.private, "training is not private", instead)


def _rounds(said: Said) -> Rows:
    yield Idle("rounds", said.defended_by("fewer-rounds"), "the defence says how many")


def _federation(said: Said) -> Rows:
    why = "there are as many learners as the column of --environment names sites"
    yield Idle("learners", said.by_column, why)
    here = said.work == "federate" and said[FederationOptions].engine != "flare"
    why = "learners are trained in this process"
    yield Idle("simulate time_limit allow_missing", here, why, "--engine flare --simulate")


def _import(said: Said) -> Rows:
    yield Idle(" ".join(_OF_WEIGHTS), said.work == "ask", _ASKED)
    of_a_model = " ".join(key for key in ImportOptions.model_fields if key != "weights")
    yield Idle(of_a_model, said.work not in ("import", "ask"), "no model is brought in", "--weights as well")
    alone = max(len(said[ImportOptions].weights), len(said[BroughtOptions].model)) < 2
    yield Idle("ensemble", alone, "there is one model", "several files of --weights or --model")
    unsaid = said[ImportOptions].owner_predictions is None
    why = "there are no predictions of the owner's to hold ours against"
    yield Idle("owner_tolerance", unsaid, why, "--owner-predictions as well")


def _brought(said: Said) -> Rows:
    brought = said[BroughtOptions]
    endings = {path.suffix.lower() for path in brought.model}
    other = endings <= {".onnx", ".pt", ".pt2"}
    yield Idle("trust", other, "types are trusted of a .skops file alone", "--model FILE.skops as well")
    single = endings <= {".skops"}
    yield Idle("output_name", single, "it names an output of a network in a file", "--model FILE.onnx as well")
    server = brought.endpoint is not None
    why, instead = "no server is asked", "--endpoint URL as well"
    yield Idle("request max_queries per_second", not server, why, instead)
    why, instead = "no command and no server is asked", "--command or --endpoint as well"
    yield Idle("time_limit", not server and brought.command is None, why, instead)
    why, instead = "whoever has the weights sees what they answer before", "--model FILE instead, which answers"
    yield Idle("output_decimals age_correction", said.work != "ask", why, instead)
    yield Idle("batch", said.work != "ask", "no model is asked", "--model FILE as well")
    yield Idle("batch", server, "a server is asked about one scan at a time")
    listed = said[SplitOptions].split is not None or said[SplitOptions].members_list is not None
    yield Idle("member_column", said.work != "ask", "no model is asked", "--model FILE as well")
    yield Idle("member_column", listed, "a split or lists say who was trained on")
    yield Idle("member_column", said.is_folder, "a BIDS folder's members are listed", "--members-list as well")


def _attack(said: Said) -> Rows:
    attack, models = said[AttackOptions], "--references 8 as well"
    why, instead = "the model is not here, so that none like it can be trained", "columns reference_NAME"
    yield Idle("references reference_share queries reference_engine address", said.work == "predictions", why, instead)
    why = "a model that is asked, and others like it, are asked here, about each scan in one way"
    yield Idle("queries reference_engine address", said.work == "ask", why)
    yield Idle("access", said.answered, "nothing but what it puts out is seen of a model that answers")
    alone = not attack.references
    yield Idle("queries", alone, "there are no reference models that scans are shown to", models)
    why = "learners show each scan to their reference models in one way"
    yield Idle("queries", said.federated, why)
    yield Idle("reference_share", alone, "there are no reference models to be trained on it", models)
    yield Idle("reference_share", said.federated, "learners train their reference models on halves of their people")
    yield Idle("reference_engine", alone, "it trains reference models, and none are asked for", models)
    why = "it is that of a Ray cluster, and the engine is another"
    yield Idle("address", attack.reference_engine != "ray", why, "--engine ray as well")
    why = "the model was not trained over rounds of a federation"
    yield Idle("last_rounds looks", not said.federated, why)
    unclaimed = attack.claimed_epsilon is None
    yield Idle("claimed_delta claimed_mechanism", unclaimed, "no epsilon is claimed", "--claimed-epsilon as well")


def _release(said: Said) -> Rows:
    release = said[ReleaseOptions]
    exact = release.noise_epsilon is None and "noise_epsilon" not in said[SurveyConfig].sweep
    yield Idle("complementary", not release.suppress_below, "nothing is suppressed")
    yield Idle("noise noise_delta", exact, "no noise is added", "--noise-epsilon as well")
    yield Idle("noise_delta", release.noise != "gaussian", "Laplace noise has no delta", "--noise gaussian as well")
    named = "all" not in (release.margins, release.means, release.sds, release.quantiles, release.contrasts)
    yield Idle("quantiles_at", not release.quantiles, "no quantiles are published", "quantiles = [...] as well")
    yield Idle("contrast_as", release.contrast is None, "no groups are compared", 'contrast = "COLUMN" as well')
    yield Idle("most_missing", named, "the columns are named one by one")


def _adversary(said: Said) -> Rows:
    adversary = said[AdversaryOptions]
    yield Idle("known", bool(adversary.known_columns), "--known-columns says what the adversary knows of everybody")
    straight = not adversary.reference_tilt and "reference_tilt" not in said[SurveyConfig].sweep
    yield Idle("tilt_column", straight, "there is no tilt along it", "--reference-tilt as well")
    yield Idle("knows_weight", said[ReleaseOptions].weights is None, "there are no survey weights")


def _survey(said: Said) -> Rows:
    drawn, instead = said[SurveyConfig].tables is None, "--tables, a folder of tables that were published"
    yield Idle("member_column", drawn, "who took part is drawn here", instead)
    yield _of_two_sessions("session_column", said)
    yield Idle("worlds auc_below rate_below people_below", _fixed(said), "nothing is swept")


def _published(said: Said) -> Rows:
    drawn, instead = said[SurveyConfig].tables is None, "--tables, which it is of"
    yield Idle(" ".join(PublishedOptions.model_fields), drawn, "tables are made here, as [release] says", instead)


def _sweep(said: Said) -> Rows:
    why = "nothing can be swept of tables that were published, or with --no-sweeps"
    yield Idle("sweep", _fixed(said), why)
    yield _of_two_sessions("sessions", said)


def _of_two_sessions(key: str, said: Said) -> Idle:
    """Return that an option is of a second session."""
    why, instead = "a second session is read where reliability is measured", "--reliability measured as well"
    return Idle(key, said[AdversaryOptions].reliability != "measured", why, instead)


def _fixed(said: Said) -> bool:
    """Tell whether nothing is swept."""
    return not said[SurveyOptions].sweeps or said[SurveyConfig].tables is not None


IDLE: Mapping[type[Options], Callable[[Said], Rows]] = {
    DataOptions: _data,
    SplitOptions: _split,
    TrainOptions: _training,
    RoundsOptions: _rounds,
    FederationOptions: _federation,
    ImportOptions: _import,
    BroughtOptions: _brought,
    AttackOptions: _attack,
    ReleaseOptions: _release,
    AdversaryOptions: _adversary,
    SurveyOptions: _survey,
    PublishedOptions: _published,
    SurveyConfig: _sweep,
}
"""An option is refused where it is not at its default and one of the rows of its model that name it holds."""


def insist_on_use(
    *asked: Said,
    where: Path | None = None,
    keys: Collection[str] | None = None,
    typed: Collection[BaseModel] = (),
) -> None:
    """Raise where an option would change nothing.

    Parameters
    ----------
    asked
        What was asked for; where it is several things with the same options, what changes nothing in any of them.
    where
        The file that says it, where it was not the command line.
    keys
        Those that were said, where some of the options come from an earlier command.
    typed
        Options of the command line, which count for more than what the file says: such a one is no fault of the file.

    Raises
    ------
    UsageError
        Naming the option and why.
    """
    idle = [dict(_idle(said)) for said in asked]
    for (model, key), (value, row) in idle[0].items():
        if not all((model, key) in others for others in idle) or (keys is not None and key not in keys):
            continue
        at = None if any(_is_said(options, key) for options in typed) else where
        raise UsageError(
            f"{_shown(key, value, typed=at is None)} would change nothing: {row.why}",
            where=at,
            try_next=f"leave it out{', or ' if row.instead else ''}{row.instead}",
        )


def _shown(key: str, value: object, *, typed: bool) -> str:
    """Return an option as it is said on the command line or in a file."""
    option = key.replace("_", "-") if typed else key
    if typed and isinstance(value, bool):
        return f"--{option}" if value else f"--no-{option}"
    words = " ".join(map(str, value)) if isinstance(value, tuple | Mapping) else str(value)
    return f"{'--' if typed else ''}{option} {words}"


def _is_said(options: BaseModel, key: str) -> bool:
    """Tell whether an option is among these, and not as it is when nobody says it."""
    field = type(options).model_fields.get(key)
    return field is not None and getattr(options, key) != field.get_default(call_default_factory=True)


def _idle(said: Said) -> Iterator[tuple[tuple[type[Options], str], tuple[object, Idle]]]:
    """Yield every option that was said and would change nothing, with its value and the first row that says so."""
    there = set()
    for model, rows in IDLE.items():
        options = said[model]
        for row in rows(said):
            for key in row.keys.split():
                if row.holds and (model, key) not in there and _is_said(options, key):
                    there.add((model, key))
                    yield (model, key), (getattr(options, key), row)
