"""Noise on the ages trained on, one number a person."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.targets.defences import named


def test_label_noise_is_one_number_a_person_and_of_the_stated_size():
    (defence,) = named(["label-noise=3"])
    person = np.repeat(np.arange(2000), 2).astype(str)
    moved = defence.labels(np.zeros(4000), person, 5)
    assert np.array_equal(moved[::2], moved[1::2])
    assert moved.std() == pytest.approx(3.0, rel=3.3 / np.sqrt(4000))
    assert np.array_equal(moved, defence.labels(np.zeros(4000), person, 5))
    assert not np.array_equal(moved, defence.labels(np.zeros(4000), person, 6))
