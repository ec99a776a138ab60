"""``python -m ensel``: the command line."""

from ensel.cli import main

main()
