"""What the user says of files of people, as those who read these take it."""

from __future__ import annotations

from remembrain.cohort.columns import Reading
from remembrain.cohort.facts import Columns
from remembrain.cohort.joining import Beside
from remembrain.config.data_options import DataOptions


def beside_of(options: DataOptions) -> Beside:
    """Return the tables that are joined to one of features."""
    return Beside(options.more_features, options.participants)


def reading_of(options: DataOptions) -> Reading:
    """Return what the user says of a table's columns and cells."""
    return Reading(
        options.drop, options.keep, options.decimal, options.missing_codes, options.keep_values, options.raw_columns
    )


def columns_of(options: DataOptions) -> Columns:
    """Return the columns that the user names."""
    return Columns(
        options.label,
        options.label_units,
        options.person_column,
        options.session_column,
        options.sex_column,
        options.site_column,
    )
