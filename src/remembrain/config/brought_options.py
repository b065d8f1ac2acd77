"""Options of a model that was made elsewhere and only answers: how it is asked, or where its answers stand."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from pydantic import Field

from remembrain.config.base import Files, Options, Words, section


@section("model", "Model that answers")
class BroughtOptions(Options):
    """A model that answers and shows nothing else, and who was trained on."""

    model: Files = Field(
        (),
        description="A model in a file: .skops, .onnx, TorchScript (.pt) or torch.export (.pt2); several files are an "
        "--ensemble. Pickles are refused.",
    )
    predict: str | None = Field(
        None,
        description="A function of yours, my_model.py:predict: gets rows of the table as a DataFrame, with the columns "
        "as they are in the file, or paths of scans, and returns a number each.",
    )
    command: str | None = Field(
        None,
        description="A command that predicts, run without a shell: 'Rscript predict.R {input} {output}'. It is given a "
        "table (.csv) of scan_id and the columns in the file, or path, and writes one of scan_id and predicted_age; "
        "{folder} holds input.csv and output.csv, for containers.",
    )
    endpoint: str | None = Field(
        None, description="URL of a server that predicts, asked once a scan; it gets no names, and no ages."
    )
    request: str | None = Field(
        None,
        description="my_requests.py:to_request, which makes what is sent of a row (a dict) or a path: json=, files=, "
        "data=, content=, params=, headers=. from_response beside it returns the number of an answer. When left out, "
        'JSON {"instances": [row]} and the first number of the answer.',
    )
    max_queries: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Send no more requests than this; where more would be needed, none is sent."
    )
    per_second: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None, description="Send no more requests a second than this."
    )
    time_limit: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None, description="Seconds for one table of a command (3600 when left out), or one request (60)."
    )
    batch: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Scans that are asked about at once; 256 rows, 16 paths or 8 volumes when left out."
    )
    trust: Words = Field((), description="Types that a .skops file may have beside those that skops trusts, by name.")
    output_name: str | None = Field(None, description="Which of several outputs of a network is the prediction.")
    output_decimals: Annotated[int, Field(ge=0, le=15)] | None = Field(
        None, description="Its answers are given out rounded to so many decimals."
    )
    age_correction: tuple[float, float] | None = Field(
        None,
        description="INTERCEPT SLOPE of a correction with the true age, which adds INTERCEPT + SLOPE x age to answers: "
        "these are audited before and after it.",
    )
    member_column: str | None = Field(
        None, description="Column of the table that says who was trained on; found by its usual names when left out."
    )

    @property
    def ways(self) -> tuple[str, ...]:
        """The options that name a model, of which one can be said."""
        named = {"model": self.model, "predict": self.predict, "command": self.command, "endpoint": self.endpoint}
        return tuple(f"--{way}" for way, said in named.items() if said not in (None, ()))


@section("predictions", "Predictions")
class PredictionOptions(Options):
    """Which columns of a table are what a model answered, and what is known of how they came about."""

    prediction_column: str | None = Field(
        None, description="Column of the released model's predictions; found by its usual names when left out."
    )
    member_column: str | None = Field(
        None, description="Column that says who was trained on; found by its usual names when left out."
    )
    corrected_column: str | None = Field(
        None,
        description="Column of the same predictions after a correction with the true label: both are audited. Found by "
        "its usual names when left out.",
    )
    training_error: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None, description="Mean absolute error on those trained on, as the model's owner states it."
    )
    released: Annotated[bool, Parameter(negative="")] = Field(
        False,
        description="Predictions of members are those of the released model, though they look as if each was made "
        "without the person.",
    )
