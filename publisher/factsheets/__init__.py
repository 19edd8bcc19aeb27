"""Country fact sheets: `build` writes them for one vintage."""

from publisher.factsheets.build import build

__all__ = ["build"]
