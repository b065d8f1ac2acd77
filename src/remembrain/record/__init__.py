"""What audits come to, as it is written and read: frozen dataclasses of the standard library. Knows no file."""
