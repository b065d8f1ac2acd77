"""Scores in, numbers with intervals out. NumPy and SciPy only: a sceptic can check this room in an hour.

In the order of the argument: ``metrics`` (the figures), ``people`` (whose scores), ``influence`` and ``rates`` (their
intervals), ``significance`` (several tests), ``assess`` (one attack), ``compare`` (two attacks), ``controls`` (is the
audit sound?), ``findings`` (what may be said), ``gate`` (is it below a limit?); beside it ``groups`` (do members and
others differ by themselves?), ``exposure`` and ``calibration`` (who is exposed, and how much), ``leakage``, ``epochs``,
``errors_of_years`` and ``curves`` for the report, and ``wording``; ``epsilon`` (lower bounds on what a training may
promise) and ``tradeoff`` (what defences cost and buy).
"""
