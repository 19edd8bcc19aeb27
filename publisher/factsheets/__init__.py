"""Country fact sheets: `build` writes them for one vintage, a `Writer` any one of them."""

from publisher.factsheets.build import Made, Writer, areas_of, build, concerns
from publisher.factsheets.definition import languages

__all__ = ["Made", "Writer", "areas_of", "build", "concerns", "languages"]
