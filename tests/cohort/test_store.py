"""The store of prepared scans: the same bytes however they came about, and nothing half-written."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import psutil
import pytest
from made_cohorts import COARSE, files_of, prepared, scan, several

from private_files import open_to_others
from remembrain.cohort import volumes
from remembrain.cohort.grids import grid
from remembrain.cohort.store import ScanStore, default_store, file_of
from remembrain.errors import DataError, RemembrainError
from remembrain.types import Inputs

# Preparing, again and in several processes


def test_one_worker_and_two_give_identical_bytes(tmp_path: Path) -> None:
    cohort = several(tmp_path / "bids", 4)
    one = prepared(cohort, COARSE, tmp_path / "one", workers=1)
    two = prepared(cohort, COARSE, tmp_path / "two", workers=2)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert one.names == two.names
    np.testing.assert_array_equal(one.statistics, two.statistics)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are opened as volumes from now on."""
    opened: list[str] = []
    read = volumes.read_volume
    monkeypatch.setattr(volumes, "read_volume", lambda path: (opened.append(path.name), read(path))[1])
    return opened


def test_what_is_prepared_is_not_prepared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort, store = several(tmp_path, 5), tmp_path / "store"
    before = prepared(cohort.take(np.arange(3)), COARSE, store, workers=1)
    kept = files_of(store)
    opened = counted(monkeypatch)
    after = prepared(cohort, COARSE, store, workers=1)
    assert opened == ["sub-03.nii.gz", "sub-04.nii.gz"]
    assert after.names[:3] == before.names
    assert {name: files_of(store)[name] for name in kept} == kept
    np.testing.assert_array_equal(after.statistics[:3], before.statistics)
    opened.clear()
    prepared(cohort, COARSE, store, workers=1)
    assert opened == []
    after.path(1).unlink()
    prepared(cohort, COARSE, store, workers=1)
    assert opened == ["sub-01.nii.gz"]
    assert {name: files_of(store)[name] for name in kept} == kept


def test_another_grid_or_another_content_is_prepared_anew(tmp_path: Path) -> None:
    cohort, store = several(tmp_path, 1), tmp_path / "store"
    first = prepared(cohort, COARSE, store, workers=1)
    finer = prepared(cohort, grid("48"), store, workers=1)
    scan(cohort.paths[0], seed=99)
    changed = prepared(cohort, COARSE, store, workers=1)
    assert len({*first.names, *finer.names, *changed.names}) == 3
    assert finer.shape == (1, 48, 48, 48)
    assert finer[0].shape == finer.shape


def test_a_stopped_preparation_goes_on_to_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = several(tmp_path / "bids", 5)
    prepared(cohort, COARSE, tmp_path / "whole", workers=1)
    sync, calls = os.fsync, itertools.count()

    def killed(descriptor: int) -> None:
        if next(calls) == 5:
            raise KeyboardInterrupt
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        prepared(cohort, COARSE, tmp_path / "stopped", workers=1)
    whole = files_of(tmp_path / "whole")
    left = files_of(tmp_path / "stopped")
    assert 0 < len(left) < len(whole)
    assert all(whole[name] == content for name, content in left.items()), "what is there is whole"
    prepared(cohort, COARSE, tmp_path / "stopped", workers=1)
    assert files_of(tmp_path / "stopped") == whole


def test_only_the_owner_can_read_the_store(tmp_path: Path) -> None:
    store = prepared(several(tmp_path, 1), COARSE, tmp_path / "deep" / "store", workers=1)
    assert store.path(0).is_file()
    assert open_to_others(tmp_path / "deep") == []


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    """Somebody's shared folder is not closed to the others who use it; what is put there is."""
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    store = prepared(several(tmp_path, 1), COARSE, shared, workers=1)
    assert shared.stat().st_mode & 0o777 == 0o755
    assert store.path(0).parent.stat().st_mode & 0o777 == 0o700


def test_a_store_that_cannot_be_written_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = several(tmp_path, 1)
    (tmp_path / "store").mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(RemembrainError, match=r"store: cannot be written: not allowed.*\n  try: --store FOLDER"):
        prepared(cohort, COARSE, tmp_path / "store", workers=1)
    with pytest.raises(RemembrainError, match=r"good\.nii: cannot be written: "):
        scan(tmp_path / "good.nii")
        prepared(cohort, COARSE, tmp_path / "good.nii", workers=1)


def test_a_data_set_that_nobody_may_write_to_is_read_as_it_is(tmp_path: Path) -> None:
    source = tmp_path / "bids"
    cohort = several(source, 2)
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in cohort.paths}
    for path in (*cohort.paths, source):
        path.chmod(0o555 if path.is_dir() else 0o444)
    prepared(cohort, COARSE, tmp_path / "store", workers=1)
    source.chmod(0o755)
    assert sorted(source.iterdir()) == sorted(cohort.paths)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in cohort.paths} == before


def test_memory_does_not_grow_with_the_number_of_scans(tmp_path: Path) -> None:
    cohort = several(tmp_path, 16)

    def peak(count: int) -> int:
        tracemalloc.start()
        prepared(cohort.take(np.arange(count)), grid("48"), tmp_path / f"store-{count}", workers=1)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(1)
    assert peak(16) < peak(2) + 48**3 * 2, "fourteen more scans take less than one prepared scan"


# A full disk


def refuse(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_one_message_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    cohort, store = several(tmp_path / "bids", 9), tmp_path / "store"
    if workers == 1:
        monkeypatch.setattr(os, "fsync", refuse)
    else:  # what another process does cannot be replaced: a file stands where a folder has to be made
        prepared(cohort.take(np.array([8])), COARSE, tmp_path / "once", workers=1)
        store.mkdir()
        (store / next((tmp_path / "once").iterdir()).name).write_text("in the way")
    with pytest.raises(RemembrainError) as raised:
        prepared(cohort, COARSE, store, workers=workers)
    assert type(raised.value) is RemembrainError
    assert str(raised.value).startswith(f"{store}/")
    full = "the disk is full\n  try: free some space or name another folder"
    said = full if workers == 1 else "a file stands where a folder has to be\n  try: name another folder"
    assert f"cannot be written: {said}" in str(raised.value)
    assert not list(store.rglob("*.part"))
    if workers == 1:
        assert files_of(store) == {}
        monkeypatch.undo()
        assert len(prepared(cohort, COARSE, store, workers=1)) == 9


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = several(tmp_path / "bids", 1)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RemembrainError, match=r"store: cannot be written: the disk is full"):
        prepared(cohort, COARSE, tmp_path / "store", workers=1)


SMALL_DISK = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from made_cohorts import COARSE, prepared, several
from remembrain.errors import RemembrainError
try:
    prepared(several(Path({scans!r}), 3), COARSE, Path({disk!r}) / "store", workers=1)
except RemembrainError as error:
    print(type(error).__name__, error)
print(sorted(path.suffix for path in Path({disk!r}).rglob("*") if path.is_file()))
"""


def test_a_disk_that_really_is_full_is_one_message(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=112k none {disk}"
    unshare = shutil.which("unshare")
    tried = [unshare or "false", "-rm", "sh", "-c", mount]
    if subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here without being root")
    code = SMALL_DISK.format(tests=str(Path(__file__).parent), scans=str(tmp_path / "bids"), disk=str(disk))
    done = subprocess.run(
        [*tried[:-1], f'{mount} && exec "$@"', "sh", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    # 28 pages: one scan of 64 KiB and its statistics fit, the second does not
    assert done.stdout.startswith(f"RemembrainError {disk}/store/")
    assert "cannot be written: the disk is full" in done.stdout
    assert done.stdout.splitlines()[-1] == "['.json', '.npy']"


# Reading


def stored(folder: Path, count: int, side: int = 4) -> ScanStore:
    """A store of scans whose every voxel is their place."""
    names = tuple(f"{place:02x}{place:062x}" for place in range(count))
    for place, name in enumerate(names):
        file_of(folder, name).parent.mkdir(parents=True)
        np.save(file_of(folder, name), np.full((side, side, side), place, dtype=np.float16))
    return ScanStore(folder, names, (1, side, side, side), np.arange(2.0 * count).reshape(count, 2), ("a", "b"))


def test_a_store_is_read_one_scan_at_a_time(tmp_path: Path) -> None:
    store = stored(tmp_path, 3)
    assert isinstance(store, Inputs)
    assert len(store) == 3
    assert store.keys() == store.names
    store.path(0).unlink()
    np.testing.assert_array_equal(store[2], np.full((1, 4, 4, 4), 2, dtype=np.float32))
    assert store[2].dtype == np.float32


def test_what_is_read_can_be_changed_without_changing_the_store(tmp_path: Path) -> None:
    store = stored(tmp_path, 2)
    store[1][:] = 9
    assert (store[1] == 1).all()


def test_every_half_is_read_as_the_number_it_is(tmp_path: Path) -> None:
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    every = np.where(np.isfinite(every), every, 0).astype(np.float16).reshape(64, 32, 32)
    store = ScanStore(tmp_path, ("ab" * 32,), (1, 64, 32, 32), np.zeros((1, 0)), ())
    store.path(0).parent.mkdir()
    np.save(store.path(0), every)
    np.testing.assert_array_equal(store[0][0], every.astype(np.float32))
    np.save(store.path(0), every.astype(np.float32))
    np.testing.assert_array_equal(store[0][0], every.astype(np.float32))


def test_taking_some_keeps_scans_beside_their_statistics(tmp_path: Path) -> None:
    some = stored(tmp_path, 5).take(np.array([4, 1]))
    assert [some[place].max() for place in range(2)] == [4, 1]
    assert some.statistics.tolist() == [[8, 9], [2, 3]]


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", None])
def test_a_damaged_or_missing_scan_is_named(tmp_path: Path, content: bytes | None) -> None:
    store = stored(tmp_path, 2)
    store.path(1).unlink() if content is None else store.path(1).write_bytes(content)
    with pytest.raises(DataError) as raised:
        store[1]
    assert str(store.path(1)) in str(raised.value)


def test_a_stranger_s_pickle_is_never_loaded(tmp_path: Path) -> None:
    store = stored(tmp_path, 1)
    np.save(store.path(0), np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="allow_pickle=False"):
        store[0]


def test_memory_does_not_grow_with_the_scans_that_were_read(tmp_path: Path) -> None:
    store = stored(tmp_path, 40, side=64)
    this = psutil.Process()
    for place in range(4):
        store[place]
    before = this.memory_info().rss
    total = sum(float(store[place].flat[0]) for place in range(40))
    assert total == 780
    assert this.memory_info().rss - before < 10 * 64**3 * 4, (
        "forty scans would take forty times 1 MiB, their files half"
    )


def test_a_mean_brain_is_the_mean_of_ten_different_scans_or_more(tmp_path: Path) -> None:
    store = stored(tmp_path, 12)
    np.testing.assert_array_equal(store.group_mean(np.arange(2, 12)), np.full((4, 4, 4), 6.5))
    for few in (np.arange(9), np.array([0, 1, 2] * 5)):
        with pytest.raises(DataError, match=r"a mean brain of (9|3) scans; expected at least 10"):
            store.group_mean(few)


def test_the_store_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REMEMBRAIN_CACHE", str(tmp_path))
    assert default_store() == tmp_path / "scans"
    monkeypatch.delenv("REMEMBRAIN_CACHE")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert default_store() == tmp_path / "home" / ".cache" / "remembrain" / "scans"
