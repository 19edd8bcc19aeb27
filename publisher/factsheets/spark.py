"""Sparklines: the last values of a series as the path of a drawing no larger than a word."""

from __future__ import annotations

from publisher.factsheets.choice import is_break
from publisher.factsheets.definition import Definition
from publisher.factsheets.figures import Series

WIDTH, HEIGHT, COUNT = 72, 18, 16


def path(series: Series, sheet: Definition) -> str:
    """The `d` of an SVG path; begun anew after a break, "" with fewer than three values."""
    newest = [one for one in series.observations[-COUNT:] if one.decimal is not None]
    values = [float(one.decimal or 0) for one in newest]
    if len(values) < 3:
        return ""
    low, height = min(values), (max(values) - min(values)) or 1
    step = WIDTH / (len(values) - 1)
    drawn = []
    for place, (one, value) in enumerate(zip(newest, values, strict=True)):
        command = "M" if place == 0 or is_break(one, sheet) else "L"
        drawn.append(f"{command}{place * step:.0f} {HEIGHT - (value - low) / height * HEIGHT:.0f}")
    return "".join(drawn)
