"""The report's pictures. Each takes part of the evidence and returns a drawing; none computes a statistic."""
