"""Training under differential privacy, at the level of the person.

What is promised is in :mod:`mechanism`, what it costs in :mod:`accounting`, what a step adds up in :mod:`clipping`, and
what is tried before the first step in :mod:`checks`. Nothing here reads files or knows who trains.
"""
