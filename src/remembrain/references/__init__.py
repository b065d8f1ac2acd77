"""Models like the target, trained on other people: what an adversary makes who knows the population and the recipe."""
