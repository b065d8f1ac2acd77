"""Options of the data, and where their paths lie."""

from __future__ import annotations

from pathlib import Path

from remembrain.config import Config, DataOptions


def test_every_path_lies_in_the_folder_that_is_meant() -> None:
    options = DataOptions(participants=Path("p.tsv"), more_features=(Path("a.tsv"), Path("/b.tsv")), drop=("x",))
    there = options.at(Path("/data"))
    assert (there.participants, there.more_features) == (Path("/data/p.tsv"), (Path("/data/a.tsv"), Path("/b.tsv")))
    assert (there.store, there.drop, there.label) == (None, ("x",), "age")


def test_a_run_records_whole_paths(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config(source=Path("t.tsv"), data=DataOptions(participants=Path("p.tsv"), more_features=(Path("r.tsv"),)))
    config.located().write(tmp_path / "config.toml")
    read = Config.read(tmp_path / "config.toml")
    assert (read.source, read.data.participants) == (tmp_path / "t.tsv", tmp_path / "p.tsv")
    assert read.data.more_features == (tmp_path / "r.tsv",)
