"""Running a home: verify, repair, backup, restore, prune, and what monitoring asks. docs/operation.md."""
