"""A meter follows what is measured, says what could not be, and stops its site where it was told to."""

from __future__ import annotations

import pytest

from private_files import open_to_others
from remembrain.audits import judge
from remembrain.errors import DataError, EvidenceAboveLimit, UsageError
from remembrain.federation.flare.site_file import MeterOptions
from remembrain.federation.metering import Meter, own_people


def failing(_):
    raise DataError("has no people", where="sub-01")


def test_what_could_not_be_measured_is_written_down_and_not_taken_for_harmless(tmp_path):
    failed = []
    meter = Meter(MeterOptions(), tmp_path / "leakage", failed.append)
    meter.look(3, failing)
    meter.look(3, failing)  # a round that is done again stands there once
    meter.look(4, failing)
    header, *rows = (line.split("\t") for line in (tmp_path / "leakage" / "trend.tsv").read_text().splitlines())
    assert header == ["round", "attack", "auc", "low", "high", "finding"]
    assert rows == [[number, "n/a", "n/a", "n/a", "n/a", "not assessed"] for number in ("3", "4")]
    assert failed == ["round 3 was not measured", "round 3 was not measured", "round 4 was not measured"]
    assert open_to_others(tmp_path / "leakage") == []


@pytest.mark.parametrize("audit", [failing, lambda _: judge.nothing("", "too few people")])
def test_with_a_limit_what_is_not_known_ends_the_part_of_the_site_also_after_a_restart(tmp_path, audit):
    folder, options = tmp_path / "leakage", MeterOptions(stop_above=0.9)
    Meter(options, folder, lambda _: None).insist_on_going_on()
    with pytest.raises(EvidenceAboveLimit, match="takes part no more: round 1"):
        Meter(options, folder, lambda _: None).look(1, audit)
    with pytest.raises(EvidenceAboveLimit, match="round 1"):
        Meter(options, folder, lambda _: None).insist_on_going_on()
    (folder / "stopped.txt").unlink()
    Meter(options, folder, lambda _: None).insist_on_going_on()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("other = 1", "no function 'people'"),
        ("def people(): return 3", "returns a int"),
        ("def people(): return {'run': '/elsewhere'}", "says 'run'"),
    ],
)
def test_a_site_s_function_says_who_its_people_are_and_nothing_else(tmp_path, text, said):
    (tmp_path / "ours.py").write_text(text)
    with pytest.raises(UsageError, match=said):
        own_people(f"{tmp_path}/ours.py:people")
    (tmp_path / "fine.py").write_text("def people(): return {'age': [50.0], 'member': [True]}")
    assert own_people(f"{tmp_path}/fine.py:people") == {"age": [50.0], "member": [True]}
