"""An ONNX network answers as the network did; what cannot be asked of one is one message."""

from __future__ import annotations

import numpy as np
import pytest
import torch

pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
onnx = pytest.importorskip("onnx", reason="onnx, which writes such files for tests, is not installed")

from made_programs import network, write  # noqa: E402
from remembrain.errors import DataError, UsageError  # noqa: E402
from remembrain.targets.brought.model_file import from_file  # noqa: E402

X = np.random.default_rng(0).normal(size=(7, 6)).astype(np.float32)


def graph(path, nodes, inputs, outputs):
    """Write a graph of these nodes."""
    helper, number = onnx.helper, onnx.TensorProto.FLOAT
    values = [
        [helper.make_tensor_value_info(name, number, shape) for name, shape in some] for some in (inputs, outputs)
    ]
    made = [helper.make_node(kind, *rest, **extra) for kind, *rest, extra in nodes]
    sets = [helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)]
    onnx.save(helper.make_model(helper.make_graph(made, "g", *values), opset_imports=sets, ir_version=8), path)
    return path


MEAN = ("ReduceMean", ["a"], ["c"], {"axes": [1]})
ROWS, ONE = ("a", ["n", 6]), ("c", ["n", 1])


@pytest.mark.parametrize("dynamic", [True, False])
def test_it_answers_as_the_network_does(tmp_path, dynamic):
    module = network()
    path = write(module, torch.zeros(4 if dynamic else 1, 6), tmp_path / "n.onnx", dynamic=dynamic)
    found = from_file(path)
    with torch.no_grad():
        expected = module(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(found.predict(X), expected, atol=1e-4)
    assert found.shape == (6,)
    assert found.estimator is None


@pytest.mark.parametrize(
    ("nodes", "inputs", "outputs", "said"),
    [
        ([("Add", ["a", "b"], ["c"], {})], [ROWS, ("b", ["n", 6])], [("c", ["n", 6])], "reads 2 inputs"),
        ([("Strange", ["a"], ["c"], {"domain": "com.example"})], [ROWS], [ONE], "an operator that onnxruntime"),
        ([MEAN], [("a", [3, 6])], [("c", [3, 1])], "reads 3 scans at once"),
        ([MEAN, ("ReduceMax", ["a"], ["d"], {"axes": [1]})], [ROWS], [ONE, ("d", ["n", 1])], "has 2 outputs"),
    ],
)
def test_what_cannot_be_asked_is_one_message(tmp_path, capfd, nodes, inputs, outputs, said):
    with pytest.raises(DataError, match=said):
        from_file(graph(tmp_path / "g.onnx", nodes, inputs, outputs))
    assert capfd.readouterr().err == ""


def test_of_several_outputs_one_is_named(tmp_path):
    nodes = [MEAN, ("ReduceMax", ["a"], ["d"], {"axes": [1]})]
    path = graph(tmp_path / "g.onnx", nodes, [ROWS], [ONE, ("d", ["n", 1])])
    np.testing.assert_allclose(from_file(path, output="d").predict(X)[:, 0], X.max(1))
    with pytest.raises(UsageError, match="has no output 'dd'") as refused:
        from_file(path, output="dd")
    assert "--output-name d" in str(refused.value)


@pytest.mark.parametrize("name", ["weights.bin", "deep/" + "w" * 150])
def test_other_weights_in_a_file_beside_it_are_another_model(tmp_path, name):
    from onnx.external_data_helper import convert_model_to_external_data

    path = write(network(), torch.zeros(4, 6), tmp_path / "n.onnx", dynamic=True)
    model = onnx.load(path)
    convert_model_to_external_data(model, location=name, size_threshold=0)
    file = tmp_path / "apart" / name
    file.parent.mkdir(parents=True)
    onnx.save(model, tmp_path / "apart" / "n.onnx")
    before = from_file(tmp_path / "apart" / "n.onnx")
    weights = np.frombuffer(file.read_bytes(), np.float32)
    file.write_bytes((weights * 2).tobytes())
    after = from_file(tmp_path / "apart" / "n.onnx")
    assert not np.allclose(before.predict(X), after.predict(X))
    assert before.code != after.code
    assert before.hashes["model"] == after.hashes["model"]
    assert [*before.hashes][1].startswith("weights in ")
    assert before.hashes != after.hashes
