"""`python -m hallpass` is the `hallpass` command."""

from hallpass.cli import main

main()
