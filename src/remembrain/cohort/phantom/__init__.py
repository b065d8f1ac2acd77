"""Synthetic T1 people made from a real template: a cohort that needs no download and that nobody has to be asked for.

A person is a few dozen random numbers (``person``), a smooth deformation of real anatomy (``shape``), tissue that ages
and a scanner that blurs (``image``); ``bids_writer`` makes a BIDS folder of them.
"""

from remembrain.cohort.phantom.bids_writer import write_cohort
from remembrain.cohort.phantom.image import image
from remembrain.cohort.phantom.person import Person, person

__all__ = ["Person", "image", "person", "write_cohort"]
