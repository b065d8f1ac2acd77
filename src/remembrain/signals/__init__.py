"""What the adversary sees of a target for each scan; one kind of signal a file."""
