"""People and their scans: what is there, who it is of, and how it reaches a network."""
