"""``python -m remembrain.cli`` is the command ``remembrain``."""

from remembrain.cli.app import main

main()
