"""Run folders in, one HTML file out that opens offline (``write``), or lines for the terminal (``terminal``).

This room reads what an audit left in its run folder and nothing else: not ``restricted/``, no model, no scan, no other
room. It computes no statistic; it draws and words those of ``evidence.json`` and ``defences.json``. Its parts are
imported by their own names, so that what prints lines need not load what draws pictures.
"""
