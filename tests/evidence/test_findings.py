"""What is concluded: every path, and none by which something broken reads as nothing found."""

import itertools
import json

import numpy as np
import pytest
from judged import blind_of, difference, made, null_of
from simulated_audits import noise

from remembrain.errors import DataError
from remembrain.evidence.assess import assess, not_assessed
from remembrain.evidence.beyond_blind import beyond_blind
from remembrain.evidence.compare import auc_difference
from remembrain.evidence.controls import blind_control, null_control
from remembrain.evidence.findings import Doubts, conclude, works_in_reverse
from remembrain.evidence.overall import overall
from remembrain.evidence.significance import holm
from remembrain.record.written import as_json

TOO_FEW = "not shown beyond the blind baseline"
COMFORTING = ("safe", "secure", "no risk", "low risk", "no leak", "private", "protected", "harmless")


def finding_of(assessment, *, null=None, blind=None, gap=None, groups_differ=""):
    """Conclude on one attack."""
    name = assessment.attack
    found = conclude(
        {name: assessment},
        null=null or null_of(name),
        blind=blind or blind_of(),
        differences={name: gap or difference(name)} if assessment.auc else {},
        beyond={name: (gap or difference(name)).p_value} if assessment.auc else {},
        doubts=Doubts(groups=groups_differ),
    )
    assert len(found) == 1
    return found[0]


def test_members_are_recognised_where_chance_and_the_blind_baseline_are_beaten():
    found = finding_of(made("a", auc=0.8, p=1e-9), gap=difference("a", 0.3, 1e-6))
    assert found.status == "members recognised"
    assert "AUC 0.80 (95 % interval 0.76 to 0.84)" in found.text
    assert "At 1 % false positives, 1 % of members are caught (interval 0 % to 4 %)" in found.text
    assert (found.p_value_adjusted, found.p_value_blind_adjusted) == (1e-9, 1e-6)


@pytest.mark.parametrize("auc_of_blind", [0.3, 0.7])
def test_what_does_not_beat_a_blind_baseline_that_tells_the_groups_apart_is_confounded(auc_of_blind):
    found = finding_of(made("a", auc=0.7, p=1e-9), blind=blind_of(auc_of_blind), gap=difference("a", 0.0, 0.5))
    assert found.status == "confounded"
    assert "not shown to be so better than by an attack that never sees the model" in found.text
    assert found.people_needed is None


def test_too_few_people_to_tell_from_a_blind_baseline_at_chance_are_no_difference_between_groups():
    found = finding_of(made("a", auc=0.58, p=1e-4), gap=difference("a", 0.06, 0.08))
    assert found.status == "not shown beyond the blind baseline"
    assert "AUC 0.58 (95 % interval 0.54 to 0.62)" in found.text
    assert "400 members and 400 non-members are too few" in found.text
    assert "This is no evidence that nothing is given away." in found.text
    # 1.41 was seen, and 1.645 + 0.842 is needed four times in five: (2.487 / 1.41)^2 times as many people
    assert found.people_needed == pytest.approx(400 * (2.4865 / 1.4051) ** 2, rel=0.005)
    assert f"about {found.people_needed:,} members" in found.text
    whole = overall([found], {"a": made("a", auc=0.58, p=1e-4)})
    assert whole.status == found.status
    assert f"about {found.people_needed:,} members" in whole.text
    assert "no evidence that nothing is given away" in whole.text


def test_an_attack_that_was_not_ahead_names_no_number_of_people():
    found = finding_of(made("a", auc=0.58, p=1e-4), gap=difference("a", -0.01, 0.6))
    assert (found.status, found.people_needed) == ("not shown beyond the blind baseline", None)
    assert "no number of people can be said" in found.text


@pytest.mark.parametrize("p_blind", [1e-9, 0.08, 0.6])
@pytest.mark.parametrize("auc_of_blind", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("differ", ["", "members and non-members differ in age"])
def test_confounded_is_said_only_where_something_shows_that_the_groups_differ(p_blind, auc_of_blind, differ):
    found = finding_of(
        made("a", auc=0.6, p=1e-9),
        blind=blind_of(auc_of_blind),
        gap=difference("a", 0.05, p_blind),
        groups_differ=differ,
    )
    if p_blind < 0.05 and not differ:
        assert found.status == "members recognised"
    elif auc_of_blind != 0.5 or differ:
        assert found.status == "confounded"
    else:
        assert found.status == "not shown beyond the blind baseline"


def test_groups_that_differ_do_not_hide_an_attack_that_is_better_than_the_blind_baseline():
    found = finding_of(made("a", auc=0.9, p=1e-9), blind=blind_of(0.7), gap=difference("a", 0.2, 1e-6))
    assert found.status == "members recognised"


def test_what_is_beyond_facts_and_baseline_is_recognition_also_where_facts_hide_it():
    found = finding_of(made("a", auc=0.5, p=0.5), gap=difference("a", 0.3, 1e-6))
    assert found.status == "members recognised"
    assert found.text.startswith("Members are recognised: AUC 0.50 (95 % interval 0.46 to 0.54), with age, sex, site")


def test_nothing_found_is_reported_with_what_the_data_leave_possible():
    found = finding_of(made("a", auc=0.531, low=0.49, high=0.571, p=0.2))
    assert found.status == "not detected"
    assert "an AUC up to 0.58 and a true-positive rate up to 4 % at 1 % false positives are compatible" in found.text


def test_an_inverted_attack_is_not_assessed():
    found = finding_of(made("a", auc=0.06, low=0.03, high=0.1, p=1.0, two_sided=1e-9))
    assert found.status == "not assessed"
    assert "something is inverted" in found.why
    assert works_in_reverse({"a": made("a", auc=0.45, two_sided=0.04), "b": made("b", two_sided=0.5)}) == set()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"null": null_of("a", p=1e-5)}, "the null control failed"),
        ({"null": null_control({})}, "the null control was not assessed"),
        ({"null": null_of("b")}, "there is no null control of this attack"),
        ({"blind": blind_control(not_assessed("blind", "no ages"))}, "the blind baseline was not assessed: no ages"),
    ],
)
@pytest.mark.parametrize("p", [0.5, 1e-9])
def test_without_controls_nothing_is_said(change, why, p):
    found = finding_of(made("a", auc=0.6, p=p), **change)
    assert found.status == "not assessed"
    assert why in found.why
    assert "says nothing about whether members can be recognised" in found.text


def test_an_attack_that_did_not_apply_says_why():
    found = finding_of(not_assessed("network", "there is no such layer"), null=null_of("a"))
    assert (found.status, found.why) == ("not assessed", "there is no such layer")


def test_p_values_against_chance_are_adjusted_for_the_number_of_attacks_and_the_others_are_already():
    names = ["a", "b", "c"]
    assessments = {name: made(name, auc=0.55, p=0.03) for name in names}
    rest = {
        "null": null_of(*names),
        "blind": blind_of(),
        "differences": {name: difference(name, 0.05, 0.9) for name in names},
    }
    found = conclude(assessments, **rest, beyond=dict.fromkeys(names, 0.06))
    assert [finding.status for finding in found] == ["not detected"] * 3
    assert (found[0].p_value_adjusted, found[0].p_value_blind_adjusted) == (pytest.approx(0.09), 0.06)
    found = conclude(assessments, **rest, beyond={"a": 0.04, "b": 0.06, "c": 0.2})
    assert [finding.status for finding in found] == ["members recognised", "not detected", "not detected"]
    assert "with age, sex, site or intensities taken out" in found[0].text


def test_an_attack_that_was_not_compared_raises():
    with pytest.raises(DataError, match="no comparison with the blind baseline for a"):
        conclude({"a": made("a")}, null=null_of("a"), blind=blind_of(), differences={}, beyond={})
    with pytest.raises(DataError, match="no comparison with the blind baseline for a"):
        conclude({"a": made("a")}, null=null_of("a"), blind=blind_of(), differences={"a": difference("a")}, beyond={})


@pytest.mark.parametrize(
    ("assessment", "gap", "seen"),
    [
        (made("a", auc=0.5, p=0.5), difference("a"), ""),
        (
            made("a", auc=0.8, p=1e-9),
            difference("a", 0.3, 1e-6),
            "Of what was attacked instead: Members are recognised",
        ),
        (made("a", auc=0.6, p=1e-4), difference("a", 0.05, 0.1), "Of what was attacked instead: Members are told from"),
    ],
)
def test_of_another_model_than_the_target_nothing_is_concluded_and_nothing_is_hidden(assessment, gap, seen):
    found = conclude(
        {"a": assessment},
        null=null_of("a"),
        blind=blind_of(),
        differences={"a": gap},
        beyond={"a": gap.p_value},
        doubts=Doubts(another="it is fed otherwise"),
    )
    whole = overall(found, {"a": assessment})
    assert (found[0].status, whole.status) == ("not assessed", "not assessed")
    assert found[0].why == whole.why == "it is fed otherwise"
    assert found[0].people_needed is None
    assert seen in found[0].text
    assert ("instead" in found[0].text) == bool(seen)


def test_no_finding_comforts():
    """Every combination of attack, controls and groups: no comforting word, and broken is never 'not detected'."""
    attacks = {
        "quiet": made("a", auc=0.5, p=0.5),
        "strong": made("a", auc=0.9, p=1e-9),
        "inverted": made("a", auc=0.1, p=1.0, two_sided=1e-9),
        "broken": not_assessed("a", "the attack gave every scan the same score in 5 of 5 repeats"),
    }
    nulls = {"holds": null_of("a"), "failed": null_of("a", p=1e-9), "none": null_control({}), "other": null_of("b")}
    blinds = {"holds": blind_of(), "differs": blind_of(0.8), "none": blind_control(not_assessed("blind", "no ages"))}
    for (attack, assessment), (null, null_c), (blind, blind_c), better, differ in itertools.product(
        attacks.items(), nulls.items(), blinds.items(), (1e-9, 0.5), ("", "members and non-members differ in age")
    ):
        gap = difference("a", 0.1, better)
        finding = finding_of(assessment, null=null_c, blind=blind_c, gap=gap, groups_differ=differ)
        whole = overall([finding], {"a": assessment})
        assert whole.status == finding.status
        sound = null == "holds" and blind != "none"
        beyond = "" if better >= 0.05 else "confounded" if differ else "members recognised"
        expected = {
            "quiet": beyond or "not detected",
            "strong": beyond or ("confounded" if differ or blind == "differs" else TOO_FEW),
        }
        assert finding.status == (expected.get(attack, "not assessed") if sound else "not assessed")
        said = f"{finding.text} {finding.why} {whole.text} {whole.why}".lower()
        assert not any(word in said for word in COMFORTING), said
        json.dumps(as_json((finding, whole)), allow_nan=False)


def judged(rng, n, shift, seed):
    """Run three attacks that agree in part, their null and the blind baseline; return the findings."""
    agree = rng.normal(size=4 * n)
    attacks = {name: noise(rng, n, name, shared=agree, shift=shift, seed=seed) for name in "abc"}
    blind = noise(rng, n, "blind", seed=seed)
    nulls = {name: noise(rng, n, name, shared=rng.normal(size=4 * n), seed=seed) for name in "abc"}
    assessments = {name: assess(repeats, fprs=(0.1,)) for name, repeats in attacks.items()}
    found = conclude(
        assessments,
        null=null_control({name: assess(repeats, fprs=()) for name, repeats in nulls.items()}),
        blind=blind_control(assess(blind, fprs=())),
        differences={name: auc_difference(some, blind) for name, some in attacks.items()},
        beyond=beyond_blind({name: some[0] for name, some in attacks.items()}, blind[:1], None, rng, permutations=199),
    )
    return overall(found, assessments).status


def check_null(audits):
    """Count how often an audit without a leak accuses, over the whole path."""
    rng = np.random.default_rng(21)
    status = [judged(rng, 60, 0.0, seed) for seed in range(audits)]
    shares = {name: np.mean([one == name for one in status]) for name in sorted(set(status))}
    tolerance = np.sqrt(0.05 * 0.95 / audits)
    print(f"{audits} audits without a leak: {shares}; one standard error at 5 %: {tolerance:.4f}")
    recognised = shares.get("members recognised", 0)
    assert recognised <= 0.05 + 2 * tolerance
    assert shares.get("confounded", 0) + shares.get(TOO_FEW, 0) <= 0.05 + 2 * tolerance
    # by chance, the null control fails (1 %) or an attack seems inverted (at most 5 %)
    assert shares.get("not assessed", 0) <= 0.06 + 2 * tolerance
    assert shares["not detected"] > 0.85


def test_an_audit_without_a_leak_seldom_accuses():
    check_null(100)


@pytest.mark.slow
def test_an_audit_without_a_leak_seldom_accuses_over_a_thousand_audits():
    check_null(1000)


def test_a_leak_is_found():
    rng = np.random.default_rng(22)
    assert [judged(rng, 100, 1.5, seed) for seed in range(5)] == ["members recognised"] * 5


@pytest.mark.parametrize("n_repeats", [1, 5])
def test_the_family_wise_error_against_chance_is_held(n_repeats):
    """Three attacks that agree in part, without a leak: any Holm p below 5 % is an error."""
    rng, audits, errors = np.random.default_rng(23), 300, 0
    for seed in range(audits):
        agree = rng.normal(size=160)
        attacks = {name: assess(noise(rng, 40, name, shared=agree, seed=seed)[:n_repeats], fprs=()) for name in "abc"}
        errors += min(holm({name: found.p_value for name, found in attacks.items()}).values()) < 0.05
    tolerance = np.sqrt(0.05 * 0.95 / audits)
    print(f"family-wise error {errors / audits:.4f} of {audits} (one standard error at 5 %: {tolerance:.4f})")
    assert errors / audits <= 0.05 + 2 * tolerance
    assert errors / audits >= 0.05 - 3 * tolerance
