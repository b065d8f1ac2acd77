"""What audits come to, as it is read: frozen dataclasses of the standard library. Knows no file."""
