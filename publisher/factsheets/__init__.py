"""Country fact sheets: `build` writes them for one vintage."""

from publisher.factsheets.build import build, concerns

__all__ = ["build", "concerns"]
