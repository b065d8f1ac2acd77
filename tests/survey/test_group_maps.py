"""Maps that were published of a group to a table that an audit reads, on the grid and by the names of people's maps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from made_regions import people, published
from remembrain.errors import DataError, ProblemsError, UsageError
from remembrain.survey.columns import Question
from remembrain.survey.group_maps import write_group_maps
from remembrain.survey.layout import Plan
from remembrain.survey.published.reading import read_published
from remembrain.survey.regions import Parcels, parcels_of

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
SHAPE = (5, 4, 3)
INSIDE = np.zeros(SHAPE, bool)
INSIDE[1:4, 1:3, 1] = True


def write(path: Path, values: np.ndarray, affine: np.ndarray = AFFINE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(values.astype(np.float32), affine), path)
    return path


@pytest.fixture
def mask(tmp_path: Path) -> Parcels:
    return parcels_of(None, write(tmp_path / "mask.nii", INSIDE))


def of_voxels(values: np.ndarray, around: float = 0.0) -> np.ndarray:
    """Return a map of these numbers inside the mask."""
    found = np.full(SHAPE, around)
    found[INSIDE] = values
    return found


def test_maps_of_voxels_are_read_as_the_release_they_are_of(tmp_path: Path, mask: Parcels) -> None:
    """NaN, infinity or 0 around the brain are none of its numbers."""
    named = tuple(Question(name, "numeric", low=-50.0, high=150.0) for name in mask.names)
    answers = replace(people(70, columns=6), numeric=named)
    layout, true = published(answers, Plan(means="all", sds="all", contrasts="all", contrast="group", by=("group",)))
    _, of_t = published(answers, Plan(contrasts="all", contrast="group", contrast_as="t"))

    def told(kind: str, level: int | None) -> list[int]:
        tables = [table for table in layout.tables if table.kind == kind and bool(table.within) == (level is not None)]
        return [table.start + (level or 0) for table in tables]

    maps = tmp_path / "maps"
    write(maps / "spmT_0001.nii", of_voxels(-of_t.share, np.nan))
    for end, level in (("", None), ("controls", 0), ("patients", 1)):
        write(maps / f"{end}_mean.nii.gz", of_voxels(true.share[told("mean", level)], np.inf))
        write(maps / f"group-{end}_stat-std.nii.gz", of_voxels(true.share[told("sd", level)]))
    sizes = [f"controls={of_t.count[0]:g}", f"patients={of_t.base[0] - of_t.count[0]:g}"]
    said = ["spmT_0001.nii=t (control - patient)"]
    heard = write_group_maps(maps, tmp_path / "t.csv", mask, of_voxels=True, said=said, people=["70", *sizes])
    assert "group-patients_stat-std.nii.gz is sd patients" in heard
    found, _ = read_published(tmp_path / "t.csv", layout, (*answers.categorical, *named))
    for name in ("count", "share", "base"):
        np.testing.assert_allclose(getattr(found, name), getattr(true, name), rtol=1e-5)


def test_of_parcels_a_map_of_means_alone_is_read(tmp_path: Path) -> None:
    labels = np.where(INSIDE, 3, 0)
    labels[0, 0, :] = 7
    atlas = parcels_of(write(tmp_path / "atlas.nii", labels), None)
    values = np.random.default_rng(0).normal(size=SHAPE)
    values[0, 0, 0] = np.nan
    write(tmp_path / "maps" / "mean.nii", values)
    told = write_group_maps(tmp_path / "maps", tmp_path / "t.csv", atlas, of_voxels=False, people=["50"])
    head, first, second = [line.split(",") for line in (tmp_path / "t.csv").read_text().splitlines()]
    assert (head, first[:2], second) == (["region", "n", "mean"], ["region-3", "50"], ["region-7", "50", ""])
    assert float(first[2]) == pytest.approx(values[INSIDE].mean(), rel=1e-6)
    assert "mean.nii: NaN in 1 of 9 voxels: nothing is told of region-7" in told
    write(tmp_path / "maps" / "sd.nii", np.abs(values))
    with pytest.raises(ProblemsError, match=r"sd.nii: is sd of voxels, which is not that of a parcel's mean: .*--mask"):
        write_group_maps(tmp_path / "maps", tmp_path / "u.csv", atlas, of_voxels=False)


def test_everything_that_does_not_fit_is_named_at_once_and_nothing_is_written(tmp_path: Path, mask: Parcels) -> None:
    maps, values = tmp_path / "maps", np.random.default_rng(0).normal(size=SHAPE)
    write(maps / "mean.nii", values)
    write(maps / "avg.nii.gz", values)
    write(maps / "std.nii", values)
    write(maps / "thickness.nii", values)
    write(maps / "mean_sd.nii", values)
    write(maps / "thresh_zstat1.nii", values)
    write(maps / "tstat1.nii", np.where(INSIDE, 0.0, values))
    write(maps / "d.nii", values[1:])
    (maps / "z.nii").write_bytes(b"no map")
    with pytest.raises(ProblemsError) as refused:
        write_group_maps(maps, tmp_path / "t.csv", mask, of_voxels=True)
    said = str(refused.value)
    for part in (
        "avg.nii.gz: is mean, and so is mean.nii", "std.nii: is a standard deviation, and is -",
        "thickness.nii: says by its name nothing", "mean_sd.nii: says that it is of several: mean, sd",
        "thresh_zstat1.nii: may be of what is not used: thresh", "tstat1.nii: has no number inside",
        "d.nii: lies on another grid", "z.nii: is truncated", "try: --column 'FILE=HEADING'",
    ):  # fmt: skip
        assert part in said
    assert not (tmp_path / "t.csv").exists()


def test_what_is_said_wrongly_is_refused(tmp_path: Path, mask: Parcels) -> None:
    (tmp_path / "maps").mkdir()
    with pytest.raises(DataError, match="holds no map"):
        write_group_maps(tmp_path / "maps", tmp_path / "t.csv", mask, of_voxels=True)
    write(tmp_path / "maps" / "mean.nii", np.random.default_rng(0).normal(size=SHAPE))
    for said, people_of, message in (
        (["sd.nii=sd"], [], "--column sd.nii=sd; expected FILE=HEADING with one of mean.nii"),
        ([], ["controls"], "--people controls; expected N or GROUP=N"),
    ):
        with pytest.raises(UsageError, match=message):
            write_group_maps(tmp_path / "maps", tmp_path / "t.csv", mask, of_voxels=True, said=said, people=people_of)
