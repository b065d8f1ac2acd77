"""Raw T1-weighted scans to brains in MNI space: bias field, brain extraction, registration, as a BIDS derivative.

Needs ``pip install 'remembrain[raw]'``. Nothing here knows ages, roles or models.
"""
