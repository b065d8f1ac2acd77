"""BIDS folders with tables of people and sessions, for tests."""

from __future__ import annotations

from pathlib import Path

from made_cohorts import bids_folder

from remembrain.cohort.bids import BidsCohort, read_bids
from remembrain.cohort.facts import Columns

TWO_AGES = "participant_id\tage\nsub-01\t50\nsub-02\t60\n"


def visits(*names: str) -> list[str]:
    return [f"{who}/ses-{one}/anat/{who}_ses-{one}_T1w.nii.gz" for who, one in (name.split() for name in names)]


THREE = visits("sub-01 01", "sub-01 02", "sub-02 01")


def read(folder: Path, files: list[str], people: str, columns: Columns | None = None, **tables: str) -> BidsCohort:
    """Tables by the name of their file, with ``__`` for a slash and ``_`` for a hyphen of ``sub-01`` and ``ses-01``."""
    root = bids_folder(folder / "bids", files, people)
    for name, text in tables.items():
        kind = ".json" if text.startswith("{") else ".tsv"
        path = root / (name.replace("__", "/").replace("sub_", "sub-").replace("ses_", "ses-") + kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_bids(root, columns)


def ages(cohort: BidsCohort) -> dict[str, float]:
    return dict(zip(cohort.scans.labels(), cohort.scans.age.tolist(), strict=True))


def fatal(cohort: BidsCohort) -> list[str]:
    return [str(problem) for problem in cohort.problems if problem.fatal]


def notes(cohort: BidsCohort) -> str:
    return "\n".join(str(problem) for problem in cohort.problems if not problem.fatal)
