"""Every option, once: the command line, its help, and the TOML files all come from these models.

This room knows the words a user may say and what is allowed in them, and nothing of what is done with them.
"""

from remembrain.config import table_options
from remembrain.config.base import SECTIONS, GridName, Options, Words, fields_of, first_complaint, unknown
from remembrain.config.brought_options import BroughtOptions
from remembrain.config.data_options import DataOptions, GridOptions, ScanOptions
from remembrain.config.model_options import (
    AttackOptions,
    FederationOptions,
    ImportOptions,
    RoundsOptions,
    SiteAuditOptions,
    SplitOptions,
    TrainOptions,
)
from remembrain.config.records import BroughtConfig, Config, PredictionsConfig, SurveyConfig

__all__ = [
    "SECTIONS",
    "AttackOptions",
    "BroughtConfig",
    "BroughtOptions",
    "Config",
    "DataOptions",
    "FederationOptions",
    "GridName",
    "GridOptions",
    "ImportOptions",
    "Options",
    "PredictionsConfig",
    "RoundsOptions",
    "ScanOptions",
    "SiteAuditOptions",
    "SplitOptions",
    "SurveyConfig",
    "TrainOptions",
    "Words",
    "fields_of",
    "first_complaint",
    "table_options",
    "unknown",
]
