"""``check``: the same is found as an audit finds, and nothing is kept."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from remembrain.config import Config, DataOptions, SplitOptions
from remembrain.config.roles import roles_of
from remembrain.errors import ProblemsError
from remembrain.study.central.check import check_data
from remembrain.study.people import gather

AFFINE = np.array([[8.0, 0, 0, -84], [0, 8, 0, -122], [0, 0, 8, -58], [0, 0, 0, 1]])


def scan_of(name: str) -> str:
    return f"{name}/anat/{name}_T1w.nii.gz"


def folder(path: Path, people: int, affine: np.ndarray = AFFINE) -> Path:
    names = [f"sub-{place:02d}" for place in range(people)]
    places = np.meshgrid(*(np.linspace(-1, 1, side) for side in (22, 26, 20)), indexing="ij")
    ball = 900 * np.exp(-4 * sum(place**2 for place in places))
    for place, name in enumerate(names):
        file = path / scan_of(name)
        file.parent.mkdir(parents=True)
        nib.save(nib.Nifti1Image((ball * (1 + place / 99 * places[0])).astype(np.float32), affine), file)
    rows = [f"{name}\t{50 + place % 30}\t{'FM'[place % 2]}" for place, name in enumerate(names)]
    (path / "participants.tsv").write_text("\n".join(["participant_id\tage\tsex", *rows]) + "\n")
    return path


def test_an_audit_finds_what_check_finds(tmp_path: Path) -> None:
    away = AFFINE.copy()
    away[0, 3] += 500
    source = folder(tmp_path / "bids", 42, away)
    (source / scan_of("sub-01")).write_bytes(b"")
    options = DataOptions(grid="32", store=tmp_path / "store", workers=1)
    lines, usable = check_data(source, options)
    assert not usable
    assert not (tmp_path / "store").exists()
    place = lines.index("problems: 42")
    listed = [line.strip() for line in lines[place + 1 : place + 8]]
    assert listed[0].startswith("sub-00/anat/sub-00_T1w.nii.gz: lies outside the grid 32 in MNI space (0% of the head")
    assert listed[6].startswith("sub-01/anat/sub-01_T1w.nii.gz: is empty")
    assert listed[5] == "and 36 more like these: a scan lies outside the grid 32 in MNI space"
    assert lines[place + 8] == "  --leave-out problems would leave out: 42 people, or scans of theirs"
    halves = SplitOptions(members=0.5, nonmembers=0.5, validation=0, population=0)
    config = Config(source=source, data=options, split=halves)
    with pytest.raises(ProblemsError) as raised:
        gather(config, roles_of(config, tmp_path / "no earlier split"))
    assert len(raised.value.problems) == 42
    assert [line.removeprefix("  - ") for line in str(raised.value).splitlines()[1:8]] == listed


def test_what_is_left_out_is_not_counted_and_what_is_left_is_usable(tmp_path: Path) -> None:
    source = folder(tmp_path / "bids", 3)
    (source / scan_of("sub-01")).write_bytes(b"")
    lines, usable = check_data(source, DataOptions(grid="32", workers=1, leave_out="problems"))
    assert usable
    assert lines[1:3] == ["people: 2", "scans: 2"]
    assert "  left out, and not counted above: 1 person, or scans of theirs" in lines


def test_how_lists_were_read_is_told(tmp_path: Path) -> None:
    rows = [f"sub-{place:02d}\t{50 + place % 30}\t{place % 7}.5" for place in range(90)]
    (tmp_path / "t.tsv").write_text("\n".join(["participant_id\tage\tthickness", *rows]) + "\n")
    (tmp_path / "in.csv").write_text("\n".join(["subject_id", *map(str, range(40)), "NA"]))
    (tmp_path / "out.csv").write_text("\n".join(["subject_id", *map(str, range(40, 90))]))
    lists = SplitOptions(members_list=tmp_path / "in.csv", nonmembers_list=tmp_path / "out.csv")
    lines, usable = check_data(tmp_path / "t.tsv", DataOptions(), lists)
    assert usable
    told = "\n".join(lines)
    assert "in.csv: 1 line says n/a for a name, left out" in told
    assert "differ from the data's only by leading zeros" in told


def test_a_list_that_cannot_be_used_is_a_problem_with_what_to_do(tmp_path: Path) -> None:
    rows = [f"sub-{place:02d}\t{50 + place % 30}\t{place % 7}.5" for place in range(90)]
    (tmp_path / "t.tsv").write_text("\n".join(["participant_id\tage\tthickness", *rows]) + "\n")
    names = [f"sub-{place:02d}" for place in range(90)]
    (tmp_path / "in.csv").write_text("\n".join(names[:50]))
    (tmp_path / "out.csv").write_text("\n".join(names[40:]))
    lists = SplitOptions(members_list=tmp_path / "in.csv", nonmembers_list=tmp_path / "out.csv")
    lines, usable = check_data(tmp_path / "t.tsv", DataOptions(), lists)
    assert not usable
    place = lines.index("problems: 11")
    assert lines[place + 1] == "  in.csv and out.csv: sub-40: stands in both lists"
    assert lines[place + 6] == "  and 5 more like these: stands in both lists"
    assert "mend what is listed above" in lines[place + 7]
    (tmp_path / "in.csv").write_text(
        "participant_id,in_training\n" + "\n".join(f"{name},{name == 'sub-01'}" for name in names)
    )
    lines, usable = check_data(tmp_path / "t.tsv", DataOptions(), lists)
    assert not usable
    assert "problems: 1" in lines
