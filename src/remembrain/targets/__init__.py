"""The model under audit: its networks, its training, and models that were trained elsewhere."""
