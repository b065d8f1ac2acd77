"""Maps to a table of parcels or voxels: the right numbers of the right people, and every file that does not fit."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from remembrain.errors import DataError, ProblemsError
from remembrain.survey.regions import parcels_of, write_regions

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
SHAPE = (6, 5, 4)


def write(path: Path, values: np.ndarray, affine: np.ndarray = AFFINE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(values.astype(np.float32), affine), path)
    return path


@pytest.fixture
def labels() -> np.ndarray:
    found = np.zeros(SHAPE, int)
    found[1:3, 1:3, 1:3], found[4, 1:4, 2] = 7, 12
    return found


def maps(folder: Path, people: int = 3) -> dict[str, np.ndarray]:
    made = {}
    for person in range(people):
        made[f"sub-{person:02d}"] = np.random.default_rng(person).normal(size=SHAPE)
        write(
            folder / f"sub-{person:02d}" / "anat" / f"sub-{person:02d}_desc-thick_T1w.nii.gz", made[f"sub-{person:02d}"]
        )
    return made


def test_every_parcel_is_the_mean_of_its_voxels_by_name_with_what_is_known_of_people(tmp_path, labels) -> None:
    atlas = write(tmp_path / "atlas.nii.gz", labels)
    (tmp_path / "atlas.tsv").write_text("index\tname\n7\tlh_hippocampus\n99\tnowhere\n")
    (tmp_path / "participants.tsv").write_text("participant_id\tgroup\nsub-00\tpatient\n02\tcontrol\nsub-09\tcontrol\n")
    made, out = maps(tmp_path / "maps"), tmp_path / "out" / "regions.csv"
    told = write_regions(tmp_path / "maps", out, parcels_of(atlas, None), participants=tmp_path / "participants.tsv")
    table = pd.read_csv(out, dtype={"group": str}, keep_default_na=False)
    assert table.columns.tolist() == ["participant_id", "group", "lh_hippocampus", "region-12"]
    assert table["group"].tolist() == ["patient", "", "control"]
    for person, values in made.items():
        row = table[table["participant_id"] == person].iloc[0]
        assert row["lh_hippocampus"] == pytest.approx(values[labels == 7].mean(), rel=1e-5)
        assert row["region-12"] == pytest.approx(values[labels == 12].mean(), rel=1e-5)
    assert told == [
        "1 of 3 maps are of people who do not stand in participants.tsv: empty cells",
        "1 people of participants.tsv have no map, and are left out",
    ]


def test_of_a_mask_every_voxel_is_a_column(tmp_path, labels) -> None:
    made, out = maps(tmp_path / "maps"), tmp_path / "voxels.csv"
    write_regions(tmp_path / "maps", out, parcels_of(None, write(tmp_path / "mask.nii", labels == 12)))
    table = pd.read_csv(out)
    assert table.columns.tolist() == ["participant_id", "voxel-4-1-2", "voxel-4-2-2", "voxel-4-3-2"]
    assert table.loc[1, "voxel-4-2-2"] == pytest.approx(made["sub-01"][4, 2, 2], rel=1e-5)


def test_maps_that_are_turned_are_measured_at_the_same_places(tmp_path, labels) -> None:
    atlas, values = write(tmp_path / "atlas.nii.gz", labels), np.random.default_rng(0).normal(size=SHAPE)
    turned = np.diag([-2.0, 2.0, 2.0, 1.0])
    turned[0, 3] = 2.0 * (SHAPE[0] - 1)
    write(tmp_path / "maps" / "a.nii.gz", values)
    write(tmp_path / "maps" / "b.nii.gz", values[::-1], turned)
    write_regions(tmp_path / "maps", tmp_path / "out.csv", parcels_of(atlas, None))
    table = pd.read_csv(tmp_path / "out.csv")
    assert table["participant_id"].tolist() == ["a", "b"]
    np.testing.assert_allclose(table.iloc[0, 1:].astype(float), table.iloc[1, 1:].astype(float), rtol=1e-6)


def test_every_map_that_does_not_fit_is_named_at_once_and_nothing_is_written(tmp_path, labels) -> None:
    atlas, folder = write(tmp_path / "atlas.nii.gz", labels), tmp_path / "maps"
    maps(folder)
    write(folder / "sub-10_T1w.nii.gz", np.random.default_rng(0).normal(size=(7, 5, 4)))
    moved = AFFINE.copy()
    moved[0, 3] = 1.0
    write(folder / "sub-11_T1w.nii.gz", np.random.default_rng(0).normal(size=SHAPE), moved)
    (folder / "sub-12_T1w.nii.gz").write_bytes(b"no map")
    with pytest.raises(ProblemsError) as refused:
        write_regions(folder, tmp_path / "out.csv", parcels_of(atlas, None))
    said = str(refused.value)
    assert "sub-10_T1w.nii.gz: lies on another grid (7 x 5 x 4 voxels, expected 6 x 5 x 4" in said
    assert "sub-11_T1w.nii.gz: lies on another grid" in said
    assert "sub-12_T1w.nii.gz" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["atlas.nii.gz", "maps"]


def test_who_has_several_maps_is_asked_about_and_a_pattern_answers(tmp_path, labels) -> None:
    atlas, folder = write(tmp_path / "atlas.nii.gz", labels), tmp_path / "maps"
    maps(folder)
    write(folder / "sub-00_desc-area.nii.gz", np.random.default_rng(0).normal(size=SHAPE))
    with pytest.raises(ProblemsError, match=r"(?s)sub-00: has several maps: .*--pattern"):
        write_regions(folder, tmp_path / "out.csv", parcels_of(atlas, None))
    write_regions(folder, tmp_path / "out.csv", parcels_of(atlas, None), pattern="**/*desc-thick*")
    assert len(pd.read_csv(tmp_path / "out.csv")) == 3


def test_what_is_no_atlas_no_folder_of_maps_or_nobody_is_said(tmp_path, labels) -> None:
    atlas = write(tmp_path / "atlas.nii.gz", labels)
    with pytest.raises(DataError, match="neither an atlas nor a mask; expected --atlas FILE or --mask FILE"):
        parcels_of(None, None)
    with pytest.raises(DataError, match="both an atlas and a mask"):
        parcels_of(atlas, atlas)
    (tmp_path / "maps").mkdir()
    with pytest.raises(DataError, match="holds no map"):
        write_regions(tmp_path / "maps", tmp_path / "out.csv", parcels_of(atlas, None))
    (tmp_path / "atlas.tsv").write_text("index\tname\n7\tsame\n12\tsame\n")
    with pytest.raises(DataError, match="several parcels are called 'same'"):
        parcels_of(atlas, None)
    (tmp_path / "atlas.tsv").write_text("number\tname\n7\tsame\n")
    with pytest.raises(DataError, match="has no columns index and name"):
        parcels_of(atlas, None)
    (tmp_path / "atlas.tsv").unlink()
    maps(tmp_path / "maps")
    others = tmp_path / "others.tsv"
    others.write_text("participant_id\tgroup\nsub-77\ta\n")
    with pytest.raises(DataError, match="names nobody who has a map"):
        write_regions(
            tmp_path / "maps", tmp_path / "out.csv", parcels_of(atlas, None), participants=tmp_path / "others.tsv"
        )
