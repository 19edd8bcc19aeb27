"""Country fact sheets: `build.build` writes them for one vintage, a `build.Writer` any one of them."""
