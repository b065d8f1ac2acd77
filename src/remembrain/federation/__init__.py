"""The same target, trained by several sites: who has whom, a site's round, the mean, and what is kept of it."""
