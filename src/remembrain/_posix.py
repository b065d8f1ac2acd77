"""What only Linux and macOS have. Whoever runs on another system is told so at once."""

try:
    import fcntl
except ImportError:
    raise ImportError(
        "remembrain runs on Linux and macOS: it closes files to others and locks them in ways that Windows does not "
        "have; there, use the Windows Subsystem for Linux",
        name="fcntl",
    ) from None

__all__ = ["fcntl"]
