"""How a model was audited: the methods paragraphs and the literature, written from what ran."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remembrain.errors import with_article
from remembrain.record.document import Judged
from remembrain.record.model import Evidence
from remembrain.report.joined import together
from remembrain.report.section import Section
from remembrain.report.words import OVER_SITES, Line, listed, several, tidy

_STATISTICS = (
    "DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837 (intervals and p-values of AUCs)",
    "Freedman & Lane 1983, J. Bus. Econ. Stat. 1:292 (membership shuffled with facts taken out)",
    "Westfall & Young 1993, Resampling-Based Multiple Testing (one test of all attacks together)",
    "Holm 1979, Scand. J. Stat. 6:65 (correction for several attacks against chance and in the null control)",
    "Hothorn, Bretz & Westfall 2008, Biom. J. 50:346 (intervals that hold for all attacks at once)",
    "Brown, Cai & DasGupta 2001, Stat. Sci. 16:101 (Jeffreys's bounds of true-positive rates)",
    "Newcombe 2006, Stat. Med. 25:559 (AUCs near 1)",
    "Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans (leaving one person out)",
    "Platt 1999, in Advances in Large Margin Classifiers (scores to probabilities)",
    "Austin 2009, Stat. Med. 28:3083 (standardised differences between groups)",
)
_HOOKS = (("preprocess", "preparation of the input"), ("age", "reading of the output"), ("loss", "loss for gradients"))


def paragraphs(evidence: Evidence) -> tuple[Line, ...]:
    """Return how the audit was done."""
    return tuple(
        Line(name, tidy(text))
        for name, text in (
            ("People", _people(evidence)),
            ("Model", _model(evidence)),
            ("Attacks", _attacks(evidence)),
            ("Controls", _controls(evidence)),
            ("Statistics", _statistics(evidence)),
        )
    )


def references(evidence: Judged) -> tuple[str, ...]:
    """Return the papers of what ran, each once: attacks first, then statistics."""
    papers = [attack.paper for attack in evidence.everything if attack.n_members]
    return tuple(dict.fromkeys([*papers, *(_STATISTICS if papers else ())]))


def _people(evidence: Evidence) -> str:
    """Say where people came from and how they were divided."""
    people, word = evidence.people, evidence.data_word
    counts = listed([f"{group.people:,} {_roles(group.role)}" for group in people.groups]) or "nobody"
    return (
        f"About {people.n_people:,} people with {people.n_scans:,} {word} came from {with_article(people.source)}. "
        f"They were divided by person, never by {word.removesuffix('s')}: {counts}, in rounded numbers. "
        f"The model was given each as {with_article(evidence.target.input)}."
    )


def _roles(role: str) -> str:
    """Return what several people of a role are called."""
    return {
        "member": "members",
        "nonmember": "non-members",
        "population": "others for a shadow model",
        "canary": "canaries",
    }.get(role, "for validation")


def _model(evidence: Evidence) -> str:
    """Say how the model was trained, or where it came from, and which steps around it were whose."""
    target = evidence.target
    form = f", {target.form} form" if target.form else ""
    size = f"has {target.parameters:,} parameters and " if target.parameters else ""
    text = f"{target.name}{form}, {size}predicts {target.label} in {target.unit}. "
    if target.origin == "trained" and target.recipe:
        text += (
            f"It was trained on the members alone{_recipe(target.recipe)}; the model after the last epoch was audited."
        )
    elif target.origin == "trained":
        text += "It was trained on the members alone."
    elif target.origin == OVER_SITES:
        text += "It was trained on the members and on people of other sites, of whom nothing is known here."
    else:
        text += f"It was trained elsewhere ({target.origin}); who is a member is what its owner said."
    theirs = [words for name, words in _HOOKS if getattr(target, name) != "ours"]
    if theirs and not target.answers_alone:
        text += f" Its own module brought the {' and the '.join(theirs)}."
    return text


def _recipe(recipe: Mapping[str, Any]) -> str:
    """Say how training went, as far as it is recorded."""
    known = [
        (f" by {str(recipe['optimiser']).capitalize()}" if "optimiser" in recipe else ""),
        (f" with a learning rate of {recipe['learning_rate']:g}" if "learning_rate" in recipe else ""),
        (f", weight decay {recipe['weight_decay']:g}" if "weight_decay" in recipe else ""),
        (f", batches of {recipe['batch_size']}" if "batch_size" in recipe else ""),
        (f", {recipe['epochs']} epochs" if "epochs" in recipe else ""),
        ", by mean squared error",
    ]
    return "".join(known)


def _attacks(evidence: Evidence) -> str:
    """Say how attacks were run and what they read."""
    audit, target, word = evidence.audit, evidence.target, evidence.data_word
    layers = "; ".join(f"{name.removeprefix('gradient:')}: {layer}" for name, layer in target.layers.items())
    gradients = (
        f" Gradients are of the loss at the true {target.label}, by the weights of single layers ({layers})."
        if layers
        else ""
    )
    return (
        f"Each of {several(len(evidence.tried), 'attack')} learned from {audit.known_members} members and "
        f"{audit.known_nonmembers} non-members that the attacker knew, and gave every other member and non-member one "
        f"score, in {audit.repeats} repeats with other people known. The model was in evaluation mode and "
        f"saw one of the {word} at a time.{gradients}{f' {whole}' if (whole := together(evidence)) else ''}"
    )


def _controls(evidence: Evidence) -> str:
    """Say what the controls are."""
    return (
        "Null control: the same code, with the non-members divided at random into two halves of which one was called "
        "members. Blind baseline: logistic regression on age, sex, site and simple measurements of the "
        f"{evidence.data_word}, on the same people and repeats."
    )


def _statistics(evidence: Evidence) -> str:
    """Say how figures and findings came about."""
    audit = evidence.audit
    return (
        f"Figures are means over repeats; accuracy is balanced. {100 * audit.confidence:g} % intervals of AUC, "
        "accuracy, mean errors and differences come from the influence of each person (leaving one out after "
        "another, in closed form); those of true-positive rates join order statistics of non-members with Jeffreys’s "
        f"bounds of members. To say that members are recognised takes a p-value below {audit.alpha:g} of all attacks "
        "together: facts of people, their squares and the blind baseline are taken out of scores, membership is "
        "shuffled, and the largest statistic counts. Attacks that learn from nobody’s membership are tested on "
        "everybody for it, the others on people of the first repeat. A null control has to hold. Where a best attack "
        "is named, its intervals hold for all attacks at once; in lists of all attacks each interval is by itself."
    )


SECTION: Section[Evidence] = Section("methods", "Methods", words={"paragraphs": paragraphs, "references": references})
