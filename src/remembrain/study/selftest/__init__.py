"""Does this program measure what it says?"""
