"""A stranger's file is imported as its author runs it, whatever lies beside it and whatever it does meanwhile."""

import sys

import pytest

from remembrain._code_files import hash_of, import_place
from remembrain.errors import DataError

NET = "from torch import nn\n{imports}\n\nclass Net(nn.Linear):\n    value = VALUE\n"


def made(folder, text, name="net.py"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def value_of(path):
    return import_place(str(path), "Net").Net.value


@pytest.fixture(autouse=True)
def unchanged():
    before, arguments = list(sys.path), list(sys.argv)
    yield
    assert (sys.path, sys.argv) == (before, arguments)


@pytest.mark.parametrize("package", [True, False])
def test_names_that_begin_with_a_dot_are_the_neighbours(tmp_path, package):
    folder = tmp_path / "models"
    made(folder, "VALUE = 7\n", "layers.py")
    if package:
        made(folder, "", "__init__.py")
    assert value_of(made(folder, NET.format(imports="from .layers import VALUE"))) == 7


def test_a_package_may_go_up_and_call_itself_by_its_name(tmp_path):
    made(tmp_path / "brainage_of_theirs", "", "__init__.py")
    made(tmp_path / "brainage_of_theirs", "VALUE = 8\n", "values.py")
    made(tmp_path / "brainage_of_theirs" / "models", "", "__init__.py")
    text = NET.format(imports="from ..values import VALUE\nimport brainage_of_theirs.values")
    path = made(tmp_path / "brainage_of_theirs" / "models", text)
    assert value_of(path) == 8
    before = hash_of(path, {})
    made(tmp_path / "brainage_of_theirs", "VALUE = 9\n", "values.py")
    assert hash_of(path, {}) != before
    del sys.modules["brainage_of_theirs"], sys.modules["brainage_of_theirs.values"]


def test_two_files_of_one_name_with_neighbours_of_one_name_do_not_meet(tmp_path):
    paths = []
    for number in (1, 2):
        made(tmp_path / str(number), f"VALUE = {number}\n", "utils_of_theirs.py")
        paths.append(made(tmp_path / str(number), NET.format(imports="from utils_of_theirs import VALUE")))
    assert [value_of(path) for path in paths] == [1, 2]
    assert len({hash_of(path, {}) for path in paths}) == 2
    del sys.modules["utils_of_theirs"]


def test_a_neighbour_named_like_the_standard_library_hides_nothing_of_it(tmp_path):
    made(tmp_path, "raise RuntimeError\n", "random.py")
    assert value_of(made(tmp_path, NET.format(imports="import random\nVALUE = random.randint(3, 3)"))) == 3


def test_a_file_is_read_again_where_it_changed(tmp_path):
    path = made(tmp_path, NET.format(imports="VALUE = 1"))
    assert value_of(path) == 1
    path.write_text(NET.format(imports="VALUE = 22"))
    assert value_of(path) == 22


def test_any_name_of_a_file_will_do(tmp_path):
    assert value_of(made(tmp_path, NET.format(imports="VALUE = 5"), "my-net v1.2.py")) == 5


def test_what_a_file_prints_is_talk_and_our_arguments_are_not_its(tmp_path, capsys):
    imports = "import argparse\nprint('hello')\nVALUE = argparse.ArgumentParser().parse_args()"
    value_of(made(tmp_path, NET.format(imports=imports)))
    out, err = capsys.readouterr()
    assert (out, "hello" in err) == ("", True)


@pytest.mark.parametrize(
    ("imports", "message"),
    [
        ("import sys; sys.exit(3)", r"ends the program when it is imported \(sys.exit\(3\)\)"),
        ("exit('no GPU')", "ends the program when it is imported"),
        ("raise ValueError('no GPU')", "cannot be imported .ValueError: no GPU"),
        ("def broken(:", "cannot be imported .SyntaxError: .*line 2"),
        ("from .nowhere import VALUE", "cannot be imported .ModuleNotFoundError"),
        ("import a_package_that_nobody_has", "No module named 'a_package_that_nobody_has'"),
    ],
)
def test_what_a_file_raises_is_a_message_with_its_name(tmp_path, imports, message):
    path = made(tmp_path, NET.format(imports=imports))
    with pytest.raises(DataError, match=message) as caught:
        import_place(str(path), "Net")
    assert str(path) in str(caught.value)
