"""A declared comparison: what is refused before anything is trained, and which models it means."""

import pytest

from made_data import write_table
from made_grid import GRID, grid_file
from remembrain.cli import main
from remembrain.config.grid import Setting, cells, insist_on_promises, read_grid, settings, to_text
from remembrain.errors import UsageError


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_table(tmp_path_factory.mktemp("grid") / "people.tsv")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("seeds = [0, 1]", "seeds = []"), "seeds"),
        (("seeds = [0, 1]", "seeds = [1, 1]"), "a seed stands twice"),
        (('name = "rounding"', 'name = "ruonding"'), "no defence 'ruonding=10.0'"),
        (("strengths = [10]", "strengths = []"), "strengths"),
        (("strengths = [10]", "strengths = [-1]"), "rounding=-1: step, years"),
        (("epochs = 6", "epochs = 6\nepsilon = 3.0"), "[training] has defences"),
        (("epochs = 6", "epohcs = 6"), "epohcs"),
        (("strengths = [1.0]", "strengths = [1.0]\nstrength = 2"), "strength"),
        (("error-threshold", "error-treshold"), "no attack 'error-treshold'"),
        (("epochs = 6", "epochs = 6\ndelta = 0.5"), "dp-noise-1: delta 0.5 is not below 1 over 110 people"),
    ],
)
def test_wrong_grids_are_refused_before_anything_is_trained(table, tmp_path, capsys, change, what):
    path = grid_file(tmp_path, GRID.replace(*change))
    with pytest.raises(SystemExit) as ended:
        main(["defend", str(table), str(tmp_path / "run"), "--grid", str(path)])
    assert ended.value.code == 2
    assert what in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_cells_of_one_seed_share_their_people(table, tmp_path):
    grid = read_grid(grid_file(tmp_path))
    made = cells(grid, table, tmp_path / "run")
    assert len(made) == len(settings(grid)) * 2
    assert {cell.config.seed for cell in made} == {0, 1}
    assert len({cell.path for cell in made}) == len(made)
    assert Setting("dp-noise", 1.0).words == ("dp-noise=1.0",)


def test_settings_stand_once_and_the_undefended_model_first(tmp_path):
    twice = GRID.replace("strengths = [1, 2]", "strengths = [2, 2]")
    listed = [setting.name for setting in settings(read_grid(grid_file(tmp_path, twice)))]
    assert listed == ["none", "dp-noise-1", "rounding-10", "early-stopping-2"]


def test_a_promise_is_held_against_the_members_that_there_are(table, tmp_path):
    made = cells(
        read_grid(grid_file(tmp_path, GRID.replace("epochs = 6", "epochs = 6\ndelta = 0.009"))), table, tmp_path
    )
    insist_on_promises(made)  # of the 110 that are declared
    with pytest.raises(UsageError, match=r"dp-noise-1: delta 0.009 is not below 1 over 120 people"):
        insist_on_promises(made, 120)


def test_what_is_kept_of_a_grid_names_its_people(table, tmp_path):
    grid = read_grid(grid_file(tmp_path))
    assert to_text(grid, table, "a") != to_text(grid, table, "b")
    assert to_text(grid, table, "a") == to_text(read_grid(grid_file(tmp_path)), table, "a")
