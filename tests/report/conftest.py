"""Makes what all tests of the report share (``example_*``, ``page_of``) known to those in folders below."""
