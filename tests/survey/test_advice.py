"""Which protection is enough, as measured."""

from remembrain.record.numbers import Number
from remembrain.record.tables import Swept, SweptPoint
from remembrain.survey.advice import advise


def point(value: float, high: float, why: str = "") -> SweptPoint:
    joint = {name: Number(value=0.55, low=0.5, high=high - less) for name, less in (("weaker", 0.1), ("stronger", 0.0))}
    return SweptPoint(
        value=value, why=why, joint=joint, loss=0.01, suppressed=0.0, n=100, n_members=90, n_nonmembers=80
    )


def swept(name: str, *points: SweptPoint, protects: bool = True) -> Swept:
    return Swept(name=name, title=name.capitalize(), unit="", protects=protects, points=points)


def test_advice_is_the_weakest_level_whose_joint_interval_holds() -> None:
    sweeps = (
        swept("round_to", point(0, 0.9), point(5, 0.7), point(10, 0.59), point(20, 0.55)),
        swept("noise_epsilon", point(10, 0.8)),
        swept("known", point(1, 0.5), protects=False),
    )
    advice = advise(sweeps, 0.6)
    rounding, noise = advice.rows
    assert advice.auc_below == 0.6
    assert (rounding.name, noise.name) == ("round_to", "noise_epsilon")
    assert rounding.tried == (5, 10, 20)
    assert rounding.enough is not None and rounding.enough.value == 10
    assert (rounding.enough.attack, rounding.enough.auc.high) == ("stronger", 0.59)
    assert (rounding.enough.loss, rounding.enough.n_members, rounding.enough.n_nonmembers) == (0.01, 90, 80)
    assert noise.enough is None
    assert noise.strongest is not None and noise.strongest.value == 10


def test_no_protection_and_what_could_not_be_tried_are_no_advice() -> None:
    (row,) = advise([swept("round_to", point(0, 0.55), point(5, 0.5, why="too few people"))], 0.6).rows
    assert (row.tried, row.enough, row.strongest) == ((), None, None)
