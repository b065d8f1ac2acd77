"""One scan prepared and kept: its files are there whole or not at all, and found again under a key of all they are of.

What a scan is prepared from and how is written beside it as BIDS wants it; what a rerun asks, in ``restricted/scans``.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from jaxtyping import Shaped

from remembrain.cohort.files import insist_on_content
from remembrain.cohort.grids import GRIDS
from remembrain.cohort.nifti import Volume, read_volume
from remembrain.cohort.raw.extra import versions
from remembrain.cohort.raw.quality import Measures
from remembrain.cohort.raw.sheet import as_png, contact_sheet
from remembrain.cohort.raw.sources import Source
from remembrain.cohort.raw.steps import Standard, parameters, standard
from remembrain.errors import DataError
from remembrain.run import Key, atomic_path, read_json, sha256, write_json

RECORDS, SHEETS = Path("restricted") / "scans", Path("restricted") / "sheets"
_MNI = 4
"""What a header says of a scan that lies in MNI space."""

Step = Callable[[Volume, bool], Standard]
"""Makes a brain of a volume, which may say that it lies in MNI space."""


@dataclass(frozen=True)
class Prepared:
    """What became of one scan: ``wrong`` says why nothing did, ``notes`` what is to be told."""

    source: Source
    measures: Measures | None
    notes: tuple[str, ...] = ()
    wrong: str = ""


@dataclass(frozen=True)
class Task:
    """One scan for a worker, and the derivative that it is for."""

    source: Source
    out: Path


def all_steps(volume: Volume, says_mni: bool) -> Standard:
    """Prepare one scan as it is meant to be."""
    return standard(volume, says_mni=says_mni)


def prepare_one(task: Task, step: Step = all_steps) -> Prepared:
    """Prepare one scan, unless that was done; one that cannot be is told, and so again as long as nothing changes."""
    source, out = task.source, task.out
    try:
        insist_on_content(source.path)
        key = key_of(source)
    except (DataError, OSError) as error:
        return Prepared(source, None, wrong=getattr(error, "what", "") or f"cannot be read: {error}")
    if (before := _before(source, out, key)) is not None:
        return before
    record: dict[str, Any] = {"key": key.parts, "file": source.called}
    try:
        volume = read_volume(source.path)
        made = step(volume, source.says_mni or _header_says_mni(source.path))
    except DataError as error:
        for path in _files(source, out):
            path.unlink(missing_ok=True)  # of the scan as it was before
        write_json(out / RECORDS / f"{source.stem}.json", {**record, "wrong": error.what})
        return Prepared(source, None, wrong=error.what)
    _write(source, out, made)
    record |= {"measures": asdict(made.measures), "notes": made.notes}
    record["files"] = {str(path.relative_to(out)): sha256(path) for path in _files(source, out)}
    write_json(out / RECORDS / f"{source.stem}.json", record)
    return Prepared(source, made.measures, made.notes)


def key_of(source: Source) -> Key:
    """Return everything that a prepared scan depends on."""
    return Key.of(scan=source.path, says_mni=source.says_mni, settings=parameters(), versions=versions())


def _before(source: Source, out: Path, key: Key) -> Prepared | None:
    """Return what became of a scan in an earlier run, where its files are as they were left."""
    path = out / RECORDS / f"{source.stem}.json"
    if not path.is_file():
        return None
    record = read_json(path)
    if not isinstance(record, dict) or record.get("key") != dict(key.parts):
        return None
    if record.get("wrong"):
        return Prepared(source, None, wrong=record["wrong"])
    files: Mapping[str, str] = record["files"]
    if any(not (out / name).is_file() or sha256(out / name) != content for name, content in files.items()):
        return None
    return Prepared(source, Measures(**record["measures"]), tuple(record["notes"]))


def _files(source: Source, out: Path) -> tuple[Path, ...]:
    """Return what is made of a scan: brain and mask, what is told of each, and its picture."""
    endings = ("T1w.nii.gz", "T1w.json", "mask.nii.gz", "mask.json")
    return *(out / source.name(ending) for ending in endings), out / SHEETS / f"{source.stem}.png"


def _write(source: Source, out: Path, made: Standard) -> None:
    """Write what is made of a scan."""
    brain, sidecar, mask, of_mask, sheet = _files(source, out)
    _save(brain, made.brain.astype(np.float32))
    _save(mask, made.mask.astype(np.uint8))
    told = _told(source, made)
    write_json(sidecar, told)
    write_json(of_mask, {"Type": "Brain", "Sources": told["Sources"], "Resolution": told["Resolution"]})
    with atomic_path(sheet) as partial:
        partial.write_bytes(as_png(contact_sheet(made.brain, made.outline)))


def _told(source: Source, made: Standard) -> dict[str, Any]:
    """Return what stands beside a prepared scan."""
    return {
        "Sources": [f"bids:raw:{source.called}"],
        "SkullStripped": True,
        "Resolution": "2 mm isotropic, 91 x 109 x 91 voxels",
        "MaskVolume": {"Value": made.measures.brain_ml, "Units": "mL"},
        "OverlapWithTemplate": made.measures.overlap,
        "Transformation": {
            "Description": "from millimetres of the template to millimetres of the scan, both RAS+",
            "Matrix": made.matrix.tolist(),
        },
        "Measures": asdict(made.measures),
        "Notes": list(made.notes),
        "Parameters": parameters(),
        "Versions": dict(versions()),
    }


def _save(path: Path, values: Shaped[np.ndarray, "x y z"]) -> None:
    """Write one image on the template's grid whole or not at all; the same voxels are the same bytes."""
    affine = GRIDS["mni"].affine
    image = nib.Nifti1Image(values, affine)
    image.header.set_xyzt_units("mm", "sec")
    image.set_sform(affine, code="mni")
    image.set_qform(affine, code="mni")
    with atomic_path(path) as partial:
        partial.write_bytes(gzip.compress(image.to_bytes(), 4, mtime=0))


def _header_says_mni(path: Path) -> bool:
    """Tell whether a header says that its place is in MNI space."""
    header: Any = nib.load(path).header
    return _MNI in (int(header["sform_code"]), int(header["qform_code"]))
