"""Models under defences, compared."""
