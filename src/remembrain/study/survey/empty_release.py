"""An empty release of the layout that a file of answers, or a codebook alone, asks for."""

from __future__ import annotations

from pathlib import Path

from remembrain.config import SurveyConfig
from remembrain.study.survey.input import plan_of
from remembrain.survey.answers_file import read_answers
from remembrain.survey.columns import declared, read_dictionary
from remembrain.survey.layout import lay_out
from remembrain.survey.template import nobody, questions_of, write_template

CODEBOOKS = (".toml", ".json")


def make_template(source: Path, folder: Path, config: SurveyConfig) -> list[Path]:
    """Write an empty release, and return the files.

    Parameters
    ----------
    source
        A file of answers, or a codebook: TOML or JSON that declares columns.
    folder
        Where it goes, a folder that is new or empty.
    config
        Which tables there are, and what is declared of columns.

    Raises
    ------
    RemembrainError
        Where a file cannot be used, or something lies in the folder.
    """
    columns = read_dictionary(config.dictionary) if config.dictionary else {}
    columns |= declared(config.columns, source)
    if source.suffix.lower() in CODEBOOKS:
        answers = nobody(questions_of({**read_dictionary(source), **columns}, source))
    else:
        person, weights = config.audit.person_column, config.release.weights
        answers, _, _ = read_answers(source, columns, person=person, weights=weights)
        answers = answers.without(config.audit.member_column)  # who took part is no answer
    return write_template(lay_out(plan_of(config), answers, "[release]"), folder)
