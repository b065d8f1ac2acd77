"""What stands of the model under audit is read as it was written; what must be there is missed."""

import pytest
from pydantic import ValidationError

from remembrain.record.numbers import MeanError, Number
from remembrain.record.target import Compared, Epoch, Feeding, MeanErrors, Target
from remembrain.record.written import as_json
from remembrain.report.reading import validated

TARGET = Target(
    name="mlp",
    origin="trained here",
    parameters=1234,
    input="table of 3 columns",
    label="age",
    unit="years",
    preprocess="",
    age="",
    loss="",
    feeding=Feeding(
        status="proven",
        why="",
        owner=Compared(people=20, scans=20, tolerance=0.1, median=0.0, largest=0.01, differing=""),
    ),
    layers={"gradient:first": "input.weight"},
    mae=MeanErrors(members=MeanError(value=2.0, low=1.5, high=2.5, n=100)),
    gap=Number(value=1.0, low=0.5, high=1.5),
    epochs=(Epoch(epoch=1, mae_members=5.0),),
)


def test_what_is_written_is_read_as_the_same():
    assert validated(Target, as_json(TARGET)) == TARGET


@pytest.mark.parametrize("name", ["name", "origin", "mae", "gap"])
def test_what_must_be_there_is_missed(name):
    content = as_json(TARGET)
    del content[name]
    with pytest.raises(ValidationError, match=name):
        validated(Target, content)


def test_an_unknown_word_for_how_a_model_is_fed_is_refused():
    content = as_json(TARGET)
    content["feeding"]["status"] = "perhaps"
    with pytest.raises(ValidationError, match="status"):
        validated(Target, content)


def test_what_was_not_measured_after_an_epoch_is_not_known():
    (epoch,) = TARGET.epochs
    assert not epoch.auc.known
    assert epoch.mae_nonmembers is None
