"""Options that would change nothing where they are said: one table of which, when and why; such an option is refused.

Whoever says an option means something by it, and a run that goes on without it answers another question. A value equal
to the default is never refused, so that a file of options with all of them holds. This module knows no data and no
model: what decides is which command it is, what the options are, and whether people stand in a folder or a table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from remembrain.config import (
    AdversaryOptions,
    AttackOptions,
    Config,
    DataOptions,
    FederationOptions,
    ImportOptions,
    ReleaseOptions,
    SplitOptions,
    SurveyConfig,
    SurveyOptions,
    TrainOptions,
)
from remembrain.errors import UsageError

Work = Literal["check", "train", "import", "federate", "start", "attack", "survey"]


@dataclass(frozen=True)
class Said:
    """What was asked for, as far as it decides which options mean something.

    Attributes
    ----------
    work
        What is done; an audit trains or imports.
    source
        The people, where the command names them.
    federated
        Of an attack: whether the target was trained by learners.
    """

    work: Work
    source: Path | None = None
    data: DataOptions = DataOptions()
    split: SplitOptions = SplitOptions()
    training: TrainOptions = TrainOptions()
    federation: FederationOptions = FederationOptions()
    imported: ImportOptions = ImportOptions()
    attack: AttackOptions = AttackOptions()
    survey: SurveyConfig = field(default_factory=lambda: SurveyConfig(source=Path()))
    federated: bool = False

    @classmethod
    def of(cls, config: Config, work: Work = "train") -> Said:
        """Return what the options of a run ask for."""
        return cls(
            work,
            config.source,
            config.data,
            config.split,
            config.training,
            config.federation or FederationOptions(),
            config.imported,
            config.attack,
        )

    @property
    def is_table(self) -> bool:
        """Whether people stand in a table."""
        return self.source is not None and self.source.is_file()

    @property
    def is_folder(self) -> bool:
        """Whether people stand in a BIDS folder."""
        return self.source is not None and self.source.is_dir()

    @property
    def own_class(self) -> bool:
        """Whether the network is a class of the user's own."""
        return ":" in (self.training.network or "")

    @property
    def private(self) -> bool:
        """Whether training is to be differentially private."""
        from remembrain.targets.defences import named

        asked = self.training
        promised = any(defence.promises for defence in named(asked.defences))
        return promised or asked.epsilon is not None or asked.noise_multiplier is not None

    @property
    def by_column(self) -> bool:
        """Whether a column says which learner has whom."""
        from remembrain.federation.environments import ENVIRONMENTS

        return self.federation.environment not in ENVIRONMENTS

    def defended_by(self, name: str) -> bool:
        """Tell whether a defence is asked for."""
        return any(text.partition("=")[0] == name for text in self.training.defences)


@dataclass(frozen=True)
class Idle:
    """Options that change nothing where ``when`` holds, why, and what to do instead of leaving them out."""

    model: type[BaseModel]
    keys: tuple[str, ...]
    when: Callable[[Said], bool]
    why: str
    instead: str = ""


_NO_TABLE = "a table has no volumes"
_GIVEN = "the split is given"
_NOT_PRIVATE = "training is not private"
_NO_FLARE = "learners are trained in this process"
_NO_CLAIM = "no epsilon is claimed"
_NO_SWEEP = "nothing is swept"

IDLE: tuple[Idle, ...] = (
    Idle(DataOptions, ("derivatives", "space", "desc", "entity"), lambda s: s.is_table, "a table has no image files"),
    Idle(DataOptions, ("grid", "store"), lambda s: s.is_table, _NO_TABLE),
    Idle(
        DataOptions,
        ("drop", "keep", "decimal", "missing_codes", "keep_values", "raw_columns"),
        lambda s: s.is_folder,
        "a BIDS folder has no columns of features",
    ),
    Idle(
        DataOptions,
        ("site_column",),
        lambda s: (
            s.work == "federate"
            and s.by_column
            and s.federation.environment not in ("site", s.data.site_column)  # site: the column that is the site
        ),
        "--environment names the column of sites",
    ),
    Idle(
        SplitOptions,
        ("members_list", "nonmembers_list", "known"),
        lambda s: s.split.split is not None,
        "--split says who is a member and whom the attacker knows",
    ),
    Idle(
        SplitOptions,
        ("members", "nonmembers", "validation", "population"),
        lambda s: s.split.split is not None or s.split.members_list is not None,
        _GIVEN,
    ),
    Idle(
        SplitOptions,
        ("canary_shift",),
        lambda s: s.work == "import" or not (s.split.canaries or s.split.split),
        "there are no canaries whose age is to be wrong",
        "--canaries 40, of a model that is trained here",
    ),
    Idle(
        TrainOptions,
        ("network_arguments",),
        lambda s: not s.own_class,
        "they are of a class of yours, and the network is ours",
        "--network module:Class",
    ),
    Idle(TrainOptions, ("form",), lambda s: s.own_class, "forms are of our networks", "--grid mni for larger volumes"),
    Idle(
        TrainOptions,
        ("dropout",),
        lambda s: s.own_class,
        "how a class of yours is built is its own",
        "--network-arguments, if the class takes it",
    ),
    Idle(TrainOptions, ("dropout",), lambda s: s.defended_by("dropout"), "the defence says another share"),
    Idle(TrainOptions, ("weight_decay",), lambda s: s.defended_by("weight-decay"), "the defence says another penalty"),
    Idle(TrainOptions, ("epochs",), lambda s: s.defended_by("early-stopping"), "the defence says how many"),
    Idle(
        TrainOptions,
        ("keep_every",),
        lambda s: s.work in ("federate", "start"),
        "the models of every round of a federation are kept",
    ),
    Idle(TrainOptions, ("keep_every",), lambda s: s.work == "import", "a model that is brought in is not trained here"),
    Idle(
        TrainOptions,
        ("learning_rate", "weight_decay", "batch_size"),
        lambda s: s.work == "import" and s.training.epochs is None,
        "models like the one that is brought in are trained only where its epochs are said",
        "--epochs as well",
    ),
    Idle(
        TrainOptions,
        ("delta", "clip", "secure_noise", "label_range"),
        lambda s: not s.private,
        _NOT_PRIVATE,
        "--epsilon or --noise-multiplier as well",
    ),
    Idle(
        FederationOptions,
        ("learners",),
        lambda s: s.by_column,
        "there are as many learners as the column of --environment names sites",
    ),
    Idle(FederationOptions, ("rounds",), lambda s: s.defended_by("fewer-rounds"), "the defence says how many"),
    Idle(
        FederationOptions,
        ("simulate", "time_limit", "allow_missing"),
        lambda s: s.work == "federate" and s.federation.engine != "flare",
        _NO_FLARE,
        "--engine flare --simulate",
    ),
    Idle(
        ImportOptions,
        tuple(key for key in ImportOptions.model_fields if key != "weights"),
        lambda s: s.work != "import",
        "no model is brought in",
        "--weights as well",
    ),
    Idle(
        ImportOptions,
        ("owner_tolerance",),
        lambda s: s.imported.owner_predictions is None,
        "there are no predictions of the owner's to hold ours against",
        "--owner-predictions as well",
    ),
    Idle(
        AttackOptions,
        ("queries",),
        lambda s: not s.attack.references,
        "there are no reference models that scans are shown to",
        "--references 8 as well",
    ),
    Idle(
        AttackOptions,
        ("queries",),
        lambda s: s.federated,
        "learners show each scan to their reference models in one way",
    ),
    Idle(
        AttackOptions,
        ("reference_engine",),
        lambda s: not s.attack.references,
        "it trains reference models, and none are asked for",
        "--references 8 as well",
    ),
    Idle(
        AttackOptions,
        ("address",),
        lambda s: s.attack.reference_engine != "ray",
        "it is that of a Ray cluster, and the engine is another",
        "--engine ray as well",
    ),
    Idle(
        AttackOptions,
        ("last_rounds", "looks"),
        lambda s: not s.federated,
        "the model was not trained over rounds of a federation",
    ),
    Idle(
        AttackOptions,
        ("claimed_delta", "claimed_mechanism"),
        lambda s: s.attack.claimed_epsilon is None,
        _NO_CLAIM,
        "--claimed-epsilon as well",
    ),
    Idle(ReleaseOptions, ("complementary",), lambda s: not s.survey.release.suppress_below, "nothing is suppressed"),
    Idle(
        ReleaseOptions,
        ("noise", "noise_delta"),
        lambda s: s.survey.release.noise_epsilon is None,
        "no noise is added",
        "--noise-epsilon as well",
    ),
    Idle(
        ReleaseOptions,
        ("noise_delta",),
        lambda s: s.survey.release.noise != "gaussian",
        "Laplace noise has no delta",
        "--noise gaussian as well",
    ),
    Idle(
        ReleaseOptions,
        ("most_missing",),
        lambda s: "all" not in (s.survey.release.margins, s.survey.release.means),
        "the columns are named one by one",
    ),
    Idle(
        AdversaryOptions,
        ("known",),
        lambda s: bool(s.survey.adversary.known_columns),
        "--known-columns says what the adversary knows of everybody",
    ),
    Idle(
        AdversaryOptions,
        ("tilt_column",),
        lambda s: not s.survey.adversary.reference_tilt and "reference_tilt" not in s.survey.sweep,
        "there is no tilt along it",
        "--reference-tilt as well",
    ),
    Idle(
        AdversaryOptions, ("knows_weight",), lambda s: s.survey.release.weights is None, "there are no survey weights"
    ),
    Idle(
        SurveyOptions,
        ("member_column",),
        lambda s: s.survey.tables is None,
        "who took part is drawn here",
        "--tables, a folder of tables that were published",
    ),
    Idle(
        SurveyOptions,
        ("worlds", "auc_below"),
        lambda s: not s.survey.audit.sweeps or s.survey.tables is not None,
        _NO_SWEEP,
    ),
    Idle(
        SurveyConfig,
        ("sweep",),
        lambda s: not s.survey.audit.sweeps or s.survey.tables is not None,
        "nothing can be swept of tables that were published, or with --no-sweeps",
    ),
)
"""Each row is refused where one of its keys is not at its default and ``when`` holds."""


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
    idle = [_idle(said) for said in asked]
    for key, (value, row) in idle[0].items():
        if not all(key in others for others in idle) or (keys is not None and key[1] not in keys):
            continue
        at = None if any(_said_in(options, key[1]) for options in typed) else where
        option = f"--{key[1].replace('_', '-')}" if at is None else key[1]
        shown = " ".join(map(str, value)) if isinstance(value, tuple | Mapping) else str(value)
        raise UsageError(
            f"{option} {shown} would change nothing: {row.why}",
            where=at,
            try_next=f"leave it out{', or ' if row.instead else ''}{row.instead}",
        )


def _said_in(options: BaseModel, key: str) -> bool:
    """Tell whether an option is among these, and not as it is when nobody says it."""
    field = type(options).model_fields.get(key)
    return field is not None and getattr(options, key) != field.get_default(call_default_factory=True)


def _idle(said: Said) -> dict[tuple[type[BaseModel], str], tuple[object, Idle]]:
    """Return every option that was said and would change nothing, with its value and the row that says so."""
    found: dict[tuple[type[BaseModel], str], tuple[object, Idle]] = {}
    for row in IDLE:
        options = _options(said, row.model)
        for key in row.keys:
            value = getattr(options, key)
            if value != row.model.model_fields[key].get_default(call_default_factory=True) and row.when(said):
                found.setdefault((row.model, key), (value, row))
    return found


def _options(said: Said, model: type[BaseModel]) -> BaseModel:
    """Return the options of a model."""
    survey = said.survey
    everything = (said.data, said.split, said.training, said.federation, said.imported, said.attack, survey)
    return next(one for one in (*everything, survey.release, survey.adversary, survey.audit) if isinstance(one, model))
