"""All options of one run, as its folder records them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, Field

from remembrain.config.base import SeedOptions, unknown
from remembrain.config.brought_options import BroughtOptions, PredictionOptions
from remembrain.config.data_options import DataOptions
from remembrain.config.model_options import AttackOptions, FederationOptions, ImportOptions, SplitOptions, TrainOptions
from remembrain.config.table_options import (
    AdversaryOptions,
    FilesOptions,
    PublishedOptions,
    ReleaseOptions,
    SurveyOptions,
)
from remembrain.errors import UsageError
from remembrain.run import read_toml, write_text


class _Recorded(SeedOptions):
    """All options of one run."""

    source: Path = Field(description="The BIDS folder or the table.")

    def write(self, path: Path) -> None:
        """Write the options as TOML."""
        content = json.loads(self.model_dump_json(by_alias=True, exclude_none=True))
        write_text(path, tomli_w.dumps(content))


class Config(_Recorded):
    """All options of one run, as ``config.toml`` in the run folder records them."""

    data: DataOptions = DataOptions()
    split: SplitOptions = SplitOptions()
    training: TrainOptions = TrainOptions()
    federation: FederationOptions | None = None
    imported: ImportOptions = Field(ImportOptions(), alias="import")
    attack: AttackOptions = AttackOptions()

    @classmethod
    def read(cls, path: Path) -> Config:
        """Read what ``write`` wrote.

        Raises
        ------
        UsageError
            Naming the key that is wrong.
        """
        return cls.of_file(path, read_toml(path, UsageError))

    def located(self) -> Config:
        """Return the same with whole paths of the data, whichever folder one works in."""
        return self.model_copy(update={"source": self.source.resolve(), "data": self.data.at(Path.cwd())})


class PredictionsConfig(_Recorded):
    """All options of an audit of predictions."""

    data: DataOptions = DataOptions()
    split: SplitOptions = SplitOptions()
    predictions: PredictionOptions = PredictionOptions()
    attack: AttackOptions = AttackOptions()


class BroughtConfig(_Recorded):
    """All options of an audit of a model that is asked."""

    data: DataOptions = DataOptions()
    split: SplitOptions = SplitOptions()
    brought: BroughtOptions = BroughtOptions()
    imported: ImportOptions = Field(ImportOptions(), alias="import")
    attack: AttackOptions = AttackOptions()


class SurveyConfig(_Recorded, FilesOptions):
    """All options of an audit of tables, as ``config.toml`` in the run folder records them."""

    release: ReleaseOptions = ReleaseOptions()
    adversary: AdversaryOptions = AdversaryOptions()
    audit: SurveyOptions = SurveyOptions()
    published: PublishedOptions = PublishedOptions()
    sweep: dict[str, tuple[float, ...]] = Field(default_factory=dict, description="Values of each knob that is swept.")
    columns: dict[str, Any] = Field(default_factory=dict, description="What is declared of columns.")

    @classmethod
    def of_release(cls, path: Path, **typed: Any) -> SurveyConfig:
        """Read a release file, with what was said on the command line counting for more.

        Parameters
        ----------
        path
            TOML with [release], and as wanted [adversary], [audit], [published], [sweep] and [columns]; or a run's own
            record.
        typed
            Other fields; of a model, the options that were set.

        Raises
        ------
        UsageError
            Naming the file and the key that is wrong.
        """
        content = read_toml(path, UsageError)
        allowed = dict.fromkeys(cls.model_fields if "source" in content else _OF_RELEASE)
        for name in content:
            if name not in allowed:
                raise unknown(name, allowed, path, table=True)
        if "release" not in content and typed.get("tables") is None:
            raise UsageError(
                "has no section [release]", where=path, expected='[release] and margins = "all", or columns'
            )
        return cls.of_file(path, {**content, **_over(content, typed, path)})


_OF_RELEASE = ("seed", "release", "adversary", "audit", "published", "sweep", "columns")
"""What may stand in a release file."""


def _over(content: Mapping[str, Any], typed: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return what was said on the command line, sections with what else the file says of them."""
    over = {}
    for name, value in typed.items():
        options = value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else value
        if isinstance(options, Mapping):
            section = content.get(name, {})
            if not isinstance(section, Mapping):
                raise UsageError(f"{name} is not a section", where=path, expected=f"[{name}]")
            over[name] = {**section, **options}
        elif options is not None:
            over[name] = options
    return over
