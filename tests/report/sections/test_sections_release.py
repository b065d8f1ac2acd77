"""What is published, and what the adversary knows."""

import copy

from page_of import SPACE

import example_surveys
from remembrain.record.tables import SurveyEvidence
from remembrain.report.reading import validated
from remembrain.report.sections.release import knowledge, people, release


def evidence(protection=None, **target):
    content = copy.deepcopy(example_surveys.content("not detected"))
    content["target"].update(target)
    content["target"]["protection"].update(protection or {})
    return validated(SurveyEvidence, content)


def facts(lines):
    return {line.name: line.text.replace(SPACE, " ") for line in lines}


def test_tables_are_counted_by_kind_and_weights_are_said() -> None:
    lines = facts(release(evidence()))
    assert lines["Tables"] == "Two one-way margins, one cross-tab; 15 cells, 3 of them suppressed"
    assert lines["Weights"] == "By w; together worth 412 people of equal weight"
    assert "Weights" not in facts(release(evidence(weights=None)))


def test_every_protection_is_said_and_none_too() -> None:
    full = facts(release(evidence({"sample": 0.5, "noise_epsilon": 2.0})))["Protection"]
    assert full == (
        "A random 50 % of people are counted; Laplace noise of epsilon 2 over all tables; counts rounded to multiples "
        "of 5; cells of fewer than 3 people suppressed, and more against subtraction"
    )
    assert facts(release(evidence({"round_to": 0, "suppress_below": 0})))["Protection"] == "None"


def test_of_given_tables_is_said_what_was_declared_of_them() -> None:
    unprotected = {"round_to": 0, "suppress_below": 0}
    alone = facts(release(evidence(unprotected, given=True)))["Protection"]
    assert alone == "Whatever was done to the tables before they were given; nothing is declared"
    none = {"random_round_to": 0, "perturbation": [], "perturbation_variance": 0.0, "noise_sd": 0.0}
    blur = {"unit": "percent", "decimals": 1, **none}
    assert facts(release(evidence(unprotected, given=True, blur=blur)))["Protection"].endswith(
        "; declared, and known to the adversary: numbers are percentages; shares have one decimal"
    )
    blur = {**blur, "unit": None, "decimals": None, "direction": "patients - controls", "adjusted": True}
    assert facts(release(evidence(unprotected, given=True, blur=blur)))["Protection"].endswith(
        "contrasts are patients - controls; contrasts are adjusted for covariates, of which all numbers of people are "
        "residuals"
    )
    perturbed = {"perturbation": [[-1, 0.25], [0, 0.5], [1, 0.25]], "perturbation_variance": 2.0, "noise_sd": 3.0}
    blur = {"unit": None, "decimals": None, "random_round_to": 3, **perturbed}
    assert facts(release(evidence({"suppress_below": 0}, given=True, blur=blur)))["Protection"].endswith(
        "adversary: counts rounded up or down at random to multiples of 3; counts changed by cell keys (-1 with "
        "probability 0.25, +0 with probability 0.5, +1 with probability 0.25); counts changed by cell keys, of "
        "variance 2; noise of standard deviation 3 on counts; counts rounded to multiples of 5"
    )


def test_how_far_correlations_were_shrunk_is_stated() -> None:
    line = "How numbers go together"
    few = facts(knowledge(evidence(shrinkage=0.43, reference=10)))[line]
    assert few == (
        "learned from 10 people for 12 numbers, with correlations made smaller by 43 % (Ledoit and Wolf 2004); fewer "
        "people than numbers, so that an adversary who has more of them may do better"
    )
    assert facts(knowledge(evidence(shrinkage=0.02, reference=100)))[line].endswith(
        "smaller by 2 % (Ledoit and Wolf 2004)"
    )
    assert line not in facts(knowledge(evidence()))


def test_of_whom_tables_are() -> None:
    assert "so that the tables attacked are of 300" in people(evidence())
    assert people(evidence(audited_group=500)) == "500 of 500 people"
    assert people(evidence(given=True)).startswith("Tables as they were given; 250 people who took part and 100")


def test_of_which_measurement_its_numbers_are_is_said_with_their_reliability() -> None:
    adversary = example_surveys.content("not detected")["target"]["adversary"]

    def said(reliability, measured=None):
        target = {"adversary": {**adversary, "reliability": reliability}, "measured": measured}
        return facts(knowledge(evidence(**target)))["Answers of the person in question"]

    assert "measurement" not in said(1.0)
    assert said(0.8).endswith("wrong; its numbers are of another measurement, of reliability 0.8")
    columns = [{"name": n, "n": 40, "value": r, "low": r - 0.1, "high": r + 0.05} for n, r in (("a", 0.9), ("b", 0.7))]
    measured = {"people": 41, "median": {"value": 0.8, "low": 0.7, "high": 0.85}, "columns": columns}
    assert said("measured", measured).endswith(
        "; its numbers are of a second session, which 41 people have, of reliability 0.80 (0.70 to 0.85), the median "
        "of 2 columns, from 0.70 to 0.90"
    )
    measured["columns"] = columns[:1]
    assert said("measured", measured).endswith("of reliability 0.80 (0.70 to 0.85)")


def test_what_the_adversary_knows_knob_by_knob() -> None:
    lines = facts(knowledge(evidence()))
    assert lines["Answers of the person in question"] == "all of them; 5 % of these are wrong"
    assert lines["People of the same population"] == "100 of the same file, who did not take part"
    assert lines["How many took part"] == "known 300"
    assert lines["Survey weight of the person"] == "not known"
