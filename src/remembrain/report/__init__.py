"""A run folder in, one HTML file out that opens offline."""
