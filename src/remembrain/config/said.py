"""What was asked for, as far as it decides which options mean something.

This module knows no data and no model: what decides is which command it is, what the options are, and whether people
stand in a folder or a table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias, TypeVar, cast

from remembrain.config.base import Options
from remembrain.config.model_options import FederationOptions, TrainOptions
from remembrain.config.records import BroughtConfig, Config, PredictionsConfig, SurveyConfig

Work: TypeAlias = Literal["check", "train", "import", "federate", "start", "attack", "survey", "predictions", "ask"]
_Model = TypeVar("_Model", bound=Options)


class Said:
    """What was asked for: options by their model, as nobody said them where they are not given.

    Parameters
    ----------
    work
        What is done; an audit trains or imports.
    options
        What was said.
    source
        The people, where the command names them.
    federated
        Of an attack: whether the target was trained by learners.
    """

    def __init__(self, work: Work, *options: Options, source: Path | None = None, federated: bool = False) -> None:
        self.work, self.source, self.federated = work, source, federated
        self._options = options

    @classmethod
    def of(cls, config: Config | PredictionsConfig | BroughtConfig | SurveyConfig, work: Work = "train") -> Said:
        """Return what the options of a run ask for."""
        sections = (section for _, section in config if isinstance(section, Options))
        return cls(work, config, *sections, source=config.source)

    def __getitem__(self, model: type[_Model]) -> _Model:
        """Return the options of a model, or of one made of it."""
        for given in self._options:
            if isinstance(given, model):
                return given
        return cast(_Model, model.model_construct())  # of which mypy says no more than Options

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
        return ":" in (self[TrainOptions].network or "")

    @property
    def answered(self) -> bool:
        """Whether nothing but what a model answers is had of it."""
        return self.work in ("predictions", "ask")

    @property
    def private(self) -> bool:
        """Whether training is to be differentially private."""
        from remembrain.targets.defences import named

        training = self[TrainOptions]
        promised = any(defence.promises for defence in named(training.defences))
        return promised or training.epsilon is not None or training.noise_multiplier is not None

    @property
    def by_column(self) -> bool:
        """Whether a column says which learner has whom."""
        from remembrain.federation.environments import ENVIRONMENTS

        return self[FederationOptions].environment not in ENVIRONMENTS

    def defended_by(self, name: str) -> bool:
        """Tell whether a defence is asked for."""
        return any(text.partition("=")[0] == name for text in self[TrainOptions].defences)
