"""Run folders in, one HTML file out that opens offline.

This room reads what an audit left in its run folder and nothing else: not ``restricted/``, no model, no scan, no other
room. It computes no statistic; it draws and words those of ``evidence.json`` and ``defences.json``.
"""

from remembrain.report.write import write

__all__ = ["write"]
