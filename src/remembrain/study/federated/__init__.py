"""A federation: trained over learners, and what its insiders learn."""
