"""Country fact sheets: `build` writes them for one vintage, a `Writer` any one of them."""

from publisher.factsheets.build import Writer, build, concerns
from publisher.factsheets.definition import languages

__all__ = ["Writer", "build", "concerns", "languages"]
