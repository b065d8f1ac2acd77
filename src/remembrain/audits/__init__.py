"""The one pipeline: attacks in rounds on real membership and on the null, in processes, kept, resumed and judged."""
