"""The `ensel` command: a file a command, the options that they share once."""

from ensel.cli.main import main

__all__ = ["main"]
