"""What stands of reference models is read as it was written; what must be there is missed."""

from dataclasses import asdict

import pytest
from pydantic import ValidationError

from remembrain.record.numbers import Number
from remembrain.record.references import Beside, ErrorBeside, Power, PowerOf, References
from remembrain.record.written import as_json
from remembrain.report.reading import validated

NUMBER = Number(value=0.7, low=0.6, high=0.8)
REFERENCES = References(
    models=8,
    queries=("as it is", "flipped"),
    people="<10",
    errors={"others": ErrorBeside(target=NUMBER, references=4.1, difference=-0.1)},
    resembles=None,
    power=(Power(models=8, attacks=(PowerOf(name="lira", auc=NUMBER, tpr=NUMBER),)),),
    beside=(Beside(name="logistic", auc=NUMBER, tpr=NUMBER, behind=Number(why="too few"), seconds=0.5),),
)


def test_what_is_written_is_read_as_the_same():
    assert validated(References, as_json(REFERENCES)) == REFERENCES


@pytest.mark.parametrize("name", ["models", "queries", "people", "errors"])
def test_what_must_be_there_is_missed(name):
    content = as_json(REFERENCES)
    del content[name]
    with pytest.raises(ValidationError, match=name):
        validated(References, content)


def test_an_attack_beside_says_what_any_attack_does():
    assert {"name", "auc", "tpr"} < asdict(REFERENCES.beside[0]).keys()
