"""Raw scans prepared: for a folder of their own, or on the way of a command that reads people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np

from remembrain.cohort.bids import BidsCohort, Selection
from remembrain.cohort.files import nameless
from remembrain.cohort.raw.derivative import carry_tables, insist_on_place, prepare_all, remove_gone, write_table
from remembrain.cohort.raw.extra import insist_on_extra, versions
from remembrain.cohort.raw.kept import SHEETS, Prepared
from remembrain.cohort.raw.quality import BOUNDS, FAR, FEWEST, Measures, doubts_of
from remembrain.cohort.raw.sources import find_sources, sources_of
from remembrain.cohort.store import default_store
from remembrain.config import DataOptions, ScanOptions
from remembrain.errors import Problem, ProblemsError, in_groups
from remembrain.evidence import disclosure
from remembrain.evidence.spread import spread_of
from remembrain.report.quality import Measured, Quality, Shown, write_quality
from remembrain.run import Key

SUMMARY = "scans were prepared from raw ones: N4 bias field, deepbet brain extraction, nine degrees of freedom to MNI"


def prepare(
    source: Path, out: Path, options: ScanOptions, workers: int | None, say: Callable[[str], None]
) -> list[Path]:
    """Prepare every raw scan of a BIDS folder and write how good they are; return what was written.

    Raises
    ------
    RemembrainError
        Where nothing can be read or written; before any work.
    ProblemsError
        Where no scan could be prepared, with every reason. Otherwise those that failed are told, and the rest is there.
    """
    insist_on_extra()
    sources, problems = find_sources(source, **selection_of(options))
    insist_on_place(source, out)
    prepared = prepare_all(sources, source, out, workers=workers)
    remove_gone(source, out)
    carry_tables(source, out)
    pages = write_pages(out, prepared)
    wrong = [*problems, *(problem_of(one) for one in prepared if one.wrong)]
    if all(one.wrong for one in prepared):
        raise ProblemsError(wrong, where=source, try_next=advice(source, prepared))
    for line in in_groups(wrong):
        say(f"not prepared: {line}")
    return [out, *pages]


def selection_of(options: ScanOptions) -> Selection:
    """Return which scans of a folder are meant."""
    return {
        "derivatives": options.derivatives,
        "space": options.space,
        "desc": options.desc,
        "entities": options.entity,
    }


def advice(source: Path, prepared: Sequence[Prepared]) -> str:
    """Return what to do where nothing could be prepared."""
    ready = all("is prepared already" in one.wrong for one in prepared)
    return f"remembrain audit {source} RUN, without --raw" if ready else f"remembrain check {source}"


def read_raw(cohort: BidsCohort, options: DataOptions) -> BidsCohort:
    """Return the scans of a cohort prepared, kept beside other prepared scans, and as problems those that cannot be."""
    insist_on_extra()
    kept = options.store or default_store()
    out = kept / "raw" / Key.of(folder=str(cohort.folder.resolve())).digest
    sources = sources_of(cohort.paths, cohort.folder)
    prepared = prepare_all(sources, cohort.folder, out, workers=options.workers)
    _, people = write_pages(out, prepared)
    good = np.array([place for place, one in enumerate(prepared) if not one.wrong], dtype=int)
    note = Problem(str(people), f"{len(good)} {SUMMARY} (contact sheets there)", fatal=False, summary=SUMMARY)
    problems = [problem for one in prepared for problem in _problems(one)]
    paths = tuple(out / one.source.name("T1w.nii.gz") for one in prepared)
    there = replace(cohort, folder=out, named=cohort.folder, paths=paths, problems=(*cohort.problems, note, *problems))
    return there.take(good)


def problem_of(one: Prepared) -> Problem:
    """Return why a scan could not be prepared."""
    source = one.source
    return Problem(
        source.called,
        one.wrong,
        participant=source.person,
        session=source.session,
        summary=f"a scan {nameless(one.wrong)}",
    )


def _problems(one: Prepared) -> list[Problem]:
    """Return what is wrong with a scan, or to be told of it."""
    if one.wrong:
        return [problem_of(one)]
    said = (one.source.called, one.source.person, one.source.session)
    return [
        Problem(said[0], note, fatal=False, participant=said[1], session=said[2], summary=f"a scan {nameless(note)}")
        for note in one.notes
    ]


def write_pages(out: Path, prepared: Sequence[Prepared]) -> tuple[Path, Path]:
    """Write the page of numbers and that of people; return them."""
    write_table(out, prepared)
    good = [one for one in prepared if one.measures is not None]
    measures = [one.measures for one in good if one.measures is not None]
    doubts = doubts_of(measures, [one.notes for one in good])
    by_stem = {one.source.stem: words for one, words in zip(good, doubts, strict=True)}
    scans = [_shown(one, by_stem.get(one.source.stem, ())) for one in prepared]
    return write_quality(out, _quality(prepared, measures, doubts), scans)


def _shown(one: Prepared, doubts: tuple[str, ...]) -> Shown:
    """Return one scan as the page of people shows it."""
    picture = f"{SHEETS.name}/{one.source.stem}.png"
    if one.measures is None:
        return Shown(one.source.called, "", (), (), one.notes, one.wrong)
    figures = tuple(f"{bound.title} {getattr(one.measures, bound.name):.{bound.digits}f}" for bound in BOUNDS)
    turned = f"turned by {one.measures.turned:.0f}°, moved by {one.measures.moved:.0f} mm, size {one.measures.size:.2f}"
    return Shown(one.source.stem, picture, (*figures, turned), doubts, one.notes)


def _quality(prepared: Sequence[Prepared], measures: Sequence[Measures], doubts: Sequence[tuple[str, ...]]) -> Quality:
    """Return what may be told of all together."""
    good = [one for one in prepared if one.measures is not None]
    _, first = np.unique([one.source.person for one in good], return_index=True)
    values = {bound.name: np.array([getattr(one, bound.name) for one in measures], dtype=float) for bound in BOUNDS}
    why = Counter(nameless(one.wrong) for one in prepared if one.wrong)
    return Quality(
        prepared=disclosure.count(len(good)),
        people=disclosure.count(len(first)),
        failed=disclosure.count(len(prepared) - len(good)),
        outliers=disclosure.count(sum(map(bool, doubts))),
        reasons=tuple((reason, disclosure.count(times)) for reason, times in sorted(why.items())),
        measures=tuple(
            Measured(
                bound.title,
                spread_of(values[bound.name][first]),
                f"{bound.low:g} to {bound.high:g}",
                disclosure.count(sum(any(word.startswith(bound.title) for word in words) for words in doubts)),
                bound.digits,
            )
            for bound in BOUNDS
        ),
        rule=_rule(),
        methods=_methods(),
        version=metadata.version("remembrain"),
    )


def _rule() -> str:
    """Return when a scan stands out."""
    bounds = "; ".join(f"{bound.title} outside {bound.low:g} to {bound.high:g}" for bound in BOUNDS)
    return (
        f"A scan stands out by {bounds}; or, among {FEWEST} scans or more, where one of these is more than {FAR} "
        "robust standard deviations (1.48 times the median absolute deviation) from the median; or where its header "
        "contradicts itself on which side is left. The template's halves are mirror images, so that a scan whose "
        "header names the wrong side without contradiction cannot be told. Scans that stand out are prepared like all "
        "others."
    )


def _methods() -> str:
    """Return how scans are prepared, with the versions of what does it."""
    with_what = ", ".join(f"{name} {version}" for name, version in versions().items())
    return (
        "Each scan was freed of its bias field (N4, Tustison et al. 2010), its brain was found (deepbet, Fisch et al. "
        "2024) and brought to the ICBM152 2009a template by nine degrees of freedom, three rotations, three shifts "
        "and three sizes, that maximise the correlation of intensities at 8, 4 and 2 mm; it was resampled once, "
        f"linearly, to 91 x 109 x 91 voxels of 2 mm. With {with_what}."
    )
