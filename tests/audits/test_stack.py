"""Arrays larger than memory, read as one."""

from __future__ import annotations

import numpy as np

from remembrain.audits.stack import Stack


def test_a_stack_reads_as_one_array():
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(n, 2, 3)) for n in (4, 1, 6)]
    stack, whole = Stack(tuple(parts)), np.concatenate(parts)
    index = rng.permutation(11)[:7]
    assert stack.shape == whole.shape
    np.testing.assert_array_equal(stack[index], whole[index])
