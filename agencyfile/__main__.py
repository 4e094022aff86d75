"""`python -m agencyfile`."""

from agencyfile.cli.entry import main

main()
