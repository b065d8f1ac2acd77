"""remembrain: does this model remember whose scans trained it, and who could find out?"""
