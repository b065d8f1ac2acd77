"""A run folder's files, read and checked. Never looks into ``restricted/``.

Evidence that contradicts its own controls is refused, so that no page can say more than they allow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float
from pydantic import ValidationError

from remembrain.errors import DataError
from remembrain.report.document import OVERALL, Controls, Evidence, Finding, Judged
from remembrain.report.parts import Part
from remembrain.run import EVIDENCE, RunFolder, read_array, read_json

PartT = TypeVar("PartT", bound=Part)
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def read_evidence(run: RunFolder) -> Evidence:
    """Read and check the evidence of a run.

    Raises
    ------
    DataError
        Where the file is missing, broken, of another schema, or says more than its own controls allow.
    """
    again = run.again
    if not run.evidence.is_file():
        raise DataError("no such file", where=run.evidence, expected="the evidence of an audit", try_next=again)
    evidence = checked(run.evidence, Evidence, f"evidence of schema {EVIDENCE}", again)
    fault = _contradiction(evidence)
    if fault:
        raise DataError(
            fault, where=run.evidence, expected="findings and verdicts that the rest of it allows", try_next=again
        )
    return evidence


def checked(path: Path, kind: type[PartT], expected: str, try_next: str) -> PartT:
    """Return a JSON file as what it is said to be, without characters that do not print and with ``None`` for NaN.

    Raises
    ------
    DataError
        Where it cannot be read, or a part of it is missing or of the wrong kind; names the first such part.
    """
    content = _cleaned(read_json(path))
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DataError(
            f"{place}: {first['msg']} ({error.error_count()} in all)", where=path, expected=expected, try_next=try_next
        ) from error


def read_mean_brain(run: RunFolder, people: int, least: int = 10) -> Float[np.ndarray, "x y z"] | None:
    """Return the mean volume, where there is one and it is of enough people to show nobody.

    Raises
    ------
    DataError
        Where the file is not a volume of finite numbers.
    """
    path = run.figures / "group-mean.npy"
    if not path.is_file() or people < least:
        return None
    volume = read_array(path)
    if volume.ndim != 3 or not np.issubdtype(volume.dtype, np.floating) or not np.isfinite(volume).all():
        raise DataError(f"an array of shape {volume.shape}", where=path, expected="finite numbers, shape (x, y, z)")
    return np.asarray(volume, dtype=float)


def _cleaned(content: Any) -> Any:
    """Return the content without characters that do not print, and with ``None`` for NaN and infinity."""
    if isinstance(content, str):
        return _UNPRINTABLE.sub(" ", content)
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, list):
        return [_cleaned(item) for item in content]
    if isinstance(content, dict):
        return {_cleaned(key): _cleaned(item) for key, item in content.items()}
    return content


def _contradiction(evidence: Evidence) -> str:
    """Return how the evidence says more than its controls allow; nothing where it does not."""
    overall = [finding for finding in evidence.findings if finding.attack == OVERALL]
    if len(overall) != 1:
        return f"{len(overall)} findings of the whole audit"
    whole, insiders = overall[0], [] if evidence.federation is None else evidence.federation.threats
    own = [one for one in evidence.findings if evidence.federation is None or one is not whole]
    parts = [(own, evidence.controls), *((one.findings, one.controls) for one in insiders if one.controls)]
    faults = (_says_too_much(findings, controls) for findings, controls in parts)
    if fault := next(filter(None, faults), ""):
        return fault
    heard = [*evidence.findings, evidence.outsider, *(found for one in insiders if one.main for found in one.findings)]
    open_ones = [finding.attack or OVERALL for finding in heard if finding.status == "not assessed"]
    if whole.status == "not detected" and any(one.main and not one.attacks for one in insiders):
        return "finds nothing overall, but an insider was not assessed"
    if whole.status == "not detected" and open_ones:
        return f"finds nothing overall, but {open_ones[0]} was not assessed"
    graver = [one.attack or OVERALL for one in heard if one.status == "members recognised"]
    if evidence.federation and whole.status != "members recognised" and graver:
        return f"is {whole.status} overall, but {graver[0]} recognises members"
    return evidence.privacy.contradiction() if evidence.privacy else ""


def contradiction_of(judged: Judged) -> str:
    """Return how the evidence of an audit without insiders says more than its controls allow; nothing where not."""
    if sum(finding.attack == OVERALL for finding in judged.findings) != 1:
        return "not one finding of the whole audit"
    open_ones = [finding.attack or OVERALL for finding in judged.findings if finding.status == "not assessed"]
    if judged.overall.status == "not detected" and open_ones:
        return f"finds nothing overall, but {open_ones[0]} was not assessed"
    return _says_too_much(judged.findings, judged.controls)


def _says_too_much(findings: Sequence[Finding], controls: Controls) -> str:
    """Return how findings say more than their controls allow; nothing where they do not."""
    concluded = [finding for finding in findings if finding.status != "not assessed"]
    if concluded and controls.null.status != "holds":
        return f"finds {concluded[0].attack} {concluded[0].status}, but the null control is: {controls.null.status}"
    if concluded and controls.blind.status == "not assessed":
        return f"finds {concluded[0].attack} {concluded[0].status}, but the blind baseline was not assessed"
    return ""
