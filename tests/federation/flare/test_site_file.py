"""A site's own file: what it says is found from its own folder, and what is wrong in it is named with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from remembrain.config.site import read_site
from remembrain.errors import DataError
from remembrain.federation.flare.provision import _LOCAL
from remembrain.federation.flare.site_file import MeterOptions


def written(folder, text):
    path = folder / "remembrain.toml"
    path.write_text(text)
    return path


def test_the_file_of_a_new_kit_can_be_read_and_leaves_out_a_share(tmp_path):
    own = read_site(written(tmp_path, _LOCAL))
    assert own.source == Path("/path/to/BIDS")
    assert own.meter is None
    assert own.most_epsilon is None
    said = [line.removeprefix("# ").partition(" ")[0] for line in _LOCAL.partition("[meter]")[2].splitlines()]
    assert set(said) - {""} <= set(MeterOptions.model_fields)  # every key that it shows is one


def test_paths_are_found_from_the_folder_of_the_file(tmp_path):
    (tmp_path / "model.py").write_text("")
    text = 'source = "people"\n[data]\nstore = "scans"\n[meter]\nnetwork = "model.py:Net"\nout = "../out"\n'
    own = read_site(written(tmp_path, text))
    assert own.source == tmp_path / "people"
    assert own.data.store == tmp_path / "scans"
    assert own.meter.network == f"{tmp_path}/model.py:Net"
    assert own.meter.folder(Path("usual"), "oslo") == tmp_path / "../out"
    assert read_site(written(tmp_path, 'source = "/data"\n[meter]\n')).meter.folder(Path("usual"), "x") == Path("usual")


def test_a_site_that_only_measures_needs_no_source_and_trains_on_nobody(tmp_path):
    own = read_site(written(tmp_path, '[meter]\nnetwork = "theirs:Net"\npeople = "ours:people"\n'))
    assert own.meter.network == "theirs:Net"
    with pytest.raises(DataError, match="has no 'source'"):
        own.source  # noqa: B018


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unseen = 0.2", "has no 'source'"),
        ("[meter]", "has no 'source'"),
        ('source = "x"\nunseen = 2', "unseen = 2: input should be less than 1"),
        ('source = "x"\nunseen = true', "unseen = True"),
        ('source = "x"\nmost_epsilon = -1', "most_epsilon = -1"),
        ('source = "x"\nmost_epsilon = "much"', "most_epsilon = 'much'"),
        ('source = "x"\nsorce = 1', "unknown key 'sorce'"),
        ("source = 3", "source = 3"),
        ('source = "x"\n[data]\ngrid = "7"', r"\[data\] grid = '7'"),
        ('source = "x"\n[data]\nlabl = "age"', r"\[data\] labl"),
        ('source = "x"\nmeter = 1', "meter = 1"),
        ('source = "x"\n[meter]\nnet = "m:N"', r"unknown key 'net' in \[meter\]"),
        ('source = "x"\n[meter]\nstop_above = 3', r"\[meter\] stop_above = 3"),
        ('source = "x"\n[meter]\nstop_above = true', r"\[meter\] stop_above = True"),
        ('source = "x"\n[meter]\nevery = 0', r"\[meter\] every = 0"),
        ('source = "x"\n[meter]\nuntrained_rounds = -1', r"\[meter\] untrained_rounds = -1"),
        ('source = "x"\n[meter]\nattacks = ["threshold"]', r"\[meter\] attacks: no attack 'threshold'"),
        ('source = "x"\n[meter]\nattacks = []', r"\[meter\] attacks"),
        ('source = "x"\n[meter]\nnetwork = "Net"', r"\[meter\] network = 'Net'"),
        ('source = "x"\n[meter]\nnetwork = "os.system(1):Net"', r"\[meter\] network"),
        ('source = "x"\n[meter]\npeople = "gone.py:people"', r"\[meter\] people: no such file 'gone.py'"),
        ('source = "x"\n[meter]\narguments = {shape = [6]}', r"\[meter\] arguments are of a network"),
        ("source = [", "not readable as TOML"),
    ],
)
def test_what_is_wrong_is_named_with_the_file_and_the_key(tmp_path, text, said):
    with pytest.raises(DataError, match=said) as caught:
        read_site(written(tmp_path, text))
    assert "remembrain.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_site(tmp_path / "remembrain.toml")
