"""Every option, once: the command line, its help, and the TOML files all come from these models.

This room knows the words a user may say and what is allowed in them, and nothing of what is done with them.
"""

from remembrain.config import commands, survey
from remembrain.config.base import SECTIONS, GridName, Options, Words, fields_of, first_complaint, unknown
from remembrain.config.federation import FederationOptions, RoundsOptions, SiteAuditOptions
from remembrain.config.model import AttackOptions, DataOptions, GridOptions, ImportOptions, SplitOptions, TrainOptions
from remembrain.config.records import Config, SurveyConfig

__all__ = [
    "SECTIONS",
    "AttackOptions",
    "Config",
    "DataOptions",
    "FederationOptions",
    "GridName",
    "GridOptions",
    "ImportOptions",
    "Options",
    "RoundsOptions",
    "SiteAuditOptions",
    "SplitOptions",
    "SurveyConfig",
    "TrainOptions",
    "Words",
    "commands",
    "fields_of",
    "first_complaint",
    "survey",
    "unknown",
]
