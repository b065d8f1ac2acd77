"""What reference models add."""

from page_of import read

import example_references
import example_runs
from remembrain.record.model import Evidence
from remembrain.report.figures.references import power
from remembrain.report.reading import validated


def test_every_number_of_models_is_told_and_nothing_is_drawn_without_any():
    content = example_runs.content((0.65, 0.82, 0.91), 0.51, "members recognised")
    example_references.add(content)
    drawing = power(validated(Evidence, content))
    assert drawing.description.startswith(
        "8 models, Logistic regression on prediction, label and error: AUC 0.70 (0.66"
    )
    assert "16 models, Logistic regression" in drawing.description
    assert [label.get_text() for label in drawing.figure.axes[0].get_xticklabels()] == ["8", "16"]
    assert power(read(example_runs.leaking)) is None
