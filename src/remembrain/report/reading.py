"""What runs come to, read and checked. Never looks into ``restricted/``.

Evidence that contradicts its own controls is refused, so that no page can say more than they allow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float
from pydantic import TypeAdapter, ValidationError

from remembrain.errors import DataError
from remembrain.record.attacks import OVERALL, Controls, Finding
from remembrain.record.defences import Defences
from remembrain.record.model import Evidence
from remembrain.record.tables import SurveyEvidence
from remembrain.run import EVIDENCE, RunFolder, read_array, read_json

_AUDIT = "the evidence of an audit"
_LOWEST_QUOTED = 0.01
"""False-positive rate below which none was quoted before evidence said which one is."""
KindT = TypeVar("KindT")
ConcludedT = TypeVar("ConcludedT", Evidence, SurveyEvidence, Defences)
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def read_evidence(run: RunFolder) -> Evidence:
    """Read and check the evidence of a model, with the mean of its scans.

    Raises
    ------
    DataError
        As in :func:`read_audit`, or where the mean is no volume.
    """
    evidence = read_audit(run)
    return evidence.with_mean_brain(read_mean_brain(run, evidence.people.n_people))


def read_audit(run: RunFolder) -> Evidence:
    """Read and check the evidence of a model.

    Raises
    ------
    DataError
        Where a file is missing, broken, of another schema, or says more than its own controls allow.
    """
    return _checked(run, Evidence, _AUDIT, "findings and verdicts that the rest of it allows")


def read_survey(run: RunFolder) -> SurveyEvidence:
    """Read and check the evidence of an audit of tables.

    Raises
    ------
    DataError
        As in :func:`read_evidence`.
    """
    return _checked(run, SurveyEvidence, _AUDIT, "findings that the controls allow")


def read_defences(run: RunFolder) -> Defences:
    """Read and check a comparison of defences.

    Raises
    ------
    DataError
        Where the file is missing, broken, of another schema, or contradicts itself.
    """
    return _checked(run, Defences, "a comparison of defences", "settings that do not contradict one another")


def _checked(run: RunFolder, kind: type[ConcludedT], what: str, allowed: str) -> ConcludedT:
    """Return what a run comes to, where no part of it says more than another allows.

    Raises
    ------
    DataError
        Where it does, or there is no such file, or it is not of this kind.
    """
    path, again = run.concluded, run.again
    if not path.is_file():
        raise DataError("no such file", where=path, expected=what, try_next=again)
    concluded = _of_kind(
        path, kind, f"{what.removeprefix('the ').removesuffix(' of an audit')} of schema {EVIDENCE}", again
    )
    fault = concluded.contradiction() if isinstance(concluded, Defences) else _contradiction(concluded)
    if fault:
        raise DataError(fault, where=path, expected=allowed, try_next=again)
    return concluded


def _of_kind(path: Path, kind: type[ConcludedT], expected: str, try_next: str) -> ConcludedT:
    """Return a JSON file as what it is said to be, without characters that do not print and with ``None`` for NaN.

    Raises
    ------
    DataError
        Where it cannot be read, or a part of it is missing or of the wrong kind; names the first such part.
    """
    content = _with_quoted_rates(_cleaned(read_json(path)))
    try:
        return validated(kind, content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DataError(
            f"{place}: {first['msg']} ({error.error_count()} in all)", where=path, expected=expected, try_next=try_next
        ) from error


def _with_quoted_rates(content: Any) -> Any:
    """Return evidence with the false-positive rate at which each attack is quoted, where it is of before that was said.

    It was then the lowest at which an attack's true-positive rate has a lower end above 0, and else the highest.
    """
    if isinstance(content, list):
        return [_with_quoted_rates(part) for part in content]
    if not isinstance(content, dict):
        return content
    whole = {key: _with_quoted_rates(part) for key, part in content.items()}
    rates = whole.get("tpr_at_fpr")
    if not isinstance(rates, dict) or "quoted_fpr" in whole:
        return whole
    known = {float(fpr): rate for fpr, rate in rates.items() if isinstance(rate, dict) and rate.get("low") is not None}
    known = {fpr: rate for fpr, rate in known.items() if fpr >= _LOWEST_QUOTED}
    telling = [fpr for fpr, rate in known.items() if rate["low"] > 0]
    return {**whole, "quoted_fpr": min(telling) if telling else max(known, default=None)}


def validated(kind: type[KindT], content: Any) -> KindT:
    """Return content of JSON as what it is said to be; what this version does not know is left aside.

    Raises
    ------
    pydantic.ValidationError
        Where a part of it is missing or of the wrong kind.
    """
    adapter = _adapter(kind)  # type: ignore[arg-type]  # a type is hashable
    checked: KindT = adapter.validate_python(content)
    return checked


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return what checks content of a kind, made once."""
    return TypeAdapter(kind)


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


def _contradiction(evidence: Evidence | SurveyEvidence) -> str:
    """Return how the evidence says more than its controls allow; nothing where it does not."""
    overall = [finding for finding in evidence.findings if finding.attack == OVERALL]
    if len(overall) != 1:
        return f"{len(overall)} findings of the whole audit"
    federation = evidence.federation if isinstance(evidence, Evidence) else None
    own = [finding for finding in evidence.findings if federation is None or finding is not overall[0]]
    insiders = federation.threats if federation else ()
    parts = [(own, evidence.controls), *((threat.findings, threat.controls) for threat in insiders if threat.controls)]
    faults = [_says_too_much(findings, controls) for findings, controls in parts]
    if isinstance(evidence, Evidence):
        faults += [_of_the_whole(evidence, overall[0]), evidence.privacy.contradiction() if evidence.privacy else ""]
    else:
        faults += [_open(overall[0], evidence.findings)]
    return next(filter(None, faults), "")


def _of_the_whole(evidence: Evidence, whole: Finding) -> str:
    """Return how the finding of the whole audit contradicts those of its parts, insiders' among them."""
    insiders = evidence.federation.threats if evidence.federation else ()
    of_insiders = [finding for threat in insiders if threat.main for finding in threat.findings]
    findings = [*evidence.findings, evidence.outsider, *of_insiders]
    if whole.status == "not detected" and any(threat.main and not threat.attacks for threat in insiders):
        return "finds nothing overall, but an insider was not assessed"
    graver = [finding.attack or OVERALL for finding in findings if finding.status == "members recognised"]
    if (unknown := _open(whole, findings)) or not evidence.federation:
        return unknown
    if whole.status != "members recognised" and graver:
        return f"is {whole.status} overall, but {graver[0]} recognises members"
    return ""


def _open(whole: Finding, findings: Sequence[Finding]) -> str:
    """Return which finding is open where the whole audit is said to find nothing; nothing where none is."""
    unknown = [finding.attack or OVERALL for finding in findings if finding.status == "not assessed"]
    if whole.status == "not detected" and unknown:
        return f"finds nothing overall, but {unknown[0]} was not assessed"
    return ""


def _says_too_much(findings: Sequence[Finding], controls: Controls) -> str:
    """Return how findings say more than their controls allow; nothing where they do not."""
    concluded = [finding for finding in findings if finding.status != "not assessed"]
    if concluded and controls.null.status != "holds":
        return f"finds {concluded[0].attack} {concluded[0].status}, but the null control is: {controls.null.status}"
    if concluded and controls.blind.status == "not assessed":
        return f"finds {concluded[0].attack} {concluded[0].status}, but the blind baseline was not assessed"
    return ""
