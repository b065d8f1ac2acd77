"""Scores in, numbers with intervals out. NumPy and SciPy only: a sceptic can check this room in an hour."""
