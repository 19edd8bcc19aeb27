"""Rules that are data beside the structures: ranges, continuity, accounting, plausibility, comparability."""
