"""`python -m publisher` is the `lmis` command."""

from publisher.cli import main

raise SystemExit(main())
