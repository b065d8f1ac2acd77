"""The federation on NVIDIA FLARE: real sites under mutual TLS, or the same machinery simulated on one machine.

What is learned is in :mod:`remembrain.federation.learner` and what is averaged in
:mod:`remembrain.federation.rounds`, as in process; here is only how models travel, and what happens where a site fails.
Needs ``pip install remembrain[flare]``.
"""
