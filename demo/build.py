"""Make the bundled data packages from a folder of source figures: `python demo/build.py SOURCE_DIR`.

Everything about a provider is data beside this file: `recipes/*.toml` say what a package holds and where it
comes from, `maps/*.csv` how delivered codes become those of the structures (a row a code), `structures.toml`
which columns a dataflow has. The same source gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).resolve().parent
TABLE = "asean_lmis.csv.gz"
CODES = ("indicator", "unit", "currency", "activity", "occupation", "education", "survey")
MAPS = ("source", *CODES, "period", "note")  # a later one wins
ALWAYS = ("FREQ", "REF_AREA", "INDICATOR", "SOURCE", "TIME_PERIOD")  # a column even where constant
MANDATORY = ("OBS_STATUS", "UNIT_MEASURE", "UNIT_MULT", "SOURCE_TYPE")
NUMBERS = ("OBS_VALUE", "ROUNDING")
Recipe = Mapping[str, Any]


@dataclass(frozen=True)
class Figures:
    """The source figures: where they are, their rows as delivered, and the same rows harmonised."""

    folder: Path
    delivered: pl.DataFrame
    harmonised: pl.DataFrame


class Unequal(Exception):
    """Two rows state different values for one key."""


def read_table(path: Path) -> pl.DataFrame:
    """A CSV file as text, an empty cell as the empty string."""
    return pl.read_csv(path, infer_schema=False).fill_null("")


def read_map(name: str) -> pl.DataFrame:
    return read_table(HERE / "maps" / f"{name}.csv")


def read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def recipes() -> list[dict[str, Any]]:
    """The recipes in the order in which their packages are released."""
    found = [read_toml(path) for path in sorted((HERE / "recipes").glob("*.toml"))]
    return sorted(found, key=lambda recipe: recipe["sdmx"]["releaseDate"])


# ---- from delivered codes to the codes of the structures


def look_up(rows: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the results (columns `>X`) of the first rule of each that holds; null where none does.

    The other columns of `rules` are conditions, an empty one holds always. Rules are tried on the distinct
    combinations of the conditions' columns only.
    """
    asked = [name for name in rules.columns if not name.startswith(">")]
    numbered = rules.rename({name: f"?{name}" for name in asked}).with_row_index("rule")
    holds = [(pl.col(f"?{name}") == "") | (pl.col(f"?{name}") == pl.col(name)) for name in asked]
    answers = (
        rows.select(asked)
        .unique()
        .join(numbered, how="cross")
        .filter(pl.all_horizontal(holds))
        .sort("rule")
        .unique(subset=asked, keep="first", maintain_order=True)
        .select(*asked, pl.col("^>.*$"))
    )
    return rows.join(answers, on=asked, how="left", maintain_order="left")


def set_from(rows: pl.DataFrame, results: Sequence[str]) -> list[pl.Expr]:
    """One expression per result: the rule's answer, else what the row had; `(none)` empties it."""
    return [
        pl.when(pl.col(f">{name}").is_null() | (pl.col(f">{name}") == ""))
        .then(pl.col(f"={name}") if f"={name}" in rows.columns else pl.lit(""))
        .otherwise(pl.col(f">{name}").replace("(none)", ""))
        .alias(f"={name}")
        for name in results
    ]


def harmonise(delivered: pl.DataFrame) -> pl.DataFrame:
    """Rows in the codes of the structures, with DATAFLOW and SOURCE_FILE, from rows as delivered."""
    columns = read_map("columns").rows()
    rows = delivered.with_columns(
        (pl.col(column) if column else pl.lit(default)).alias(f"={component}")
        for component, column, default in columns
    ).with_columns(
        pl.col("TIME_PERIOD").str.slice(0, 4).alias("YEAR"),
        pl.col("TIME_PERIOD").str.slice(5).alias("WITHIN"),
        pl.col("TIME_PERIOD").str.slice(5).alias("=WITHIN"),
    )
    for name in MAPS:
        rules = read_map(name)
        results = [column[1:] for column in rules.columns if column.startswith(">")]
        rows = look_up(rows, rules)
        rows = rows.with_columns(set_from(rows, results)).drop(f">{result}" for result in results)
    within, detail = pl.col("=WITHIN"), pl.col("=DETAIL")
    return rows.select(
        pl.col("=DATAFLOW").alias("DATAFLOW"),
        "SOURCE_FILE",
        *(pl.col(f"={component}").alias(component) for component, _, _ in columns),
    ).with_columns(
        TIME_PERIOD=rows.select(
            pl.when(within == "").then("YEAR").otherwise(pl.col("YEAR") + "-" + within)
        ).to_series(),
        TIME_DETAIL=rows.select(
            pl.when(detail == "").then(pl.lit("")).otherwise(pl.col("YEAR") + "-" + detail)
        ).to_series(),
    )


# ---- what a recipe adds to the rows it selects


def select(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """The harmonised rows that a package is made of, by source and by file of origin."""
    chosen = rows.filter(pl.col("SOURCE").is_in(recipe["sources"]))
    if "files" in recipe:
        chosen = chosen.filter(pl.col("SOURCE_FILE").is_in(recipe["files"]))
    return chosen.filter(~pl.col("SOURCE_FILE").is_in(recipe.get("without_files", [])))


def earlier_edition(figures: Figures, edition: Recipe) -> pl.DataFrame:
    """Delivered rows of an earlier edition of a table, in the shape of the rows of the later one (`like`)."""
    names = dict(read_map(edition["columns"]).iter_rows())
    wide = pl.read_parquet(figures.folder / edition["file"]).select("date", *names)
    long = wide.unpivot(index="date", variable_name="column", value_name="value").select(
        pl.col("column").replace_strict(names).alias("INDICATOR"),
        pl.col("date").dt.strftime("%Y-%m").alias("TIME_PERIOD"),
        pl.col("value").round(edition["decimals"]).cast(pl.String).alias("OBS_VALUE"),
    )
    shape = figures.delivered.filter(pl.col("SOURCE_FILE") == edition["like"])
    shape = shape.unique("INDICATOR", maintain_order=True).drop("TIME_PERIOD", "OBS_VALUE")
    return long.join(shape, on="INDICATOR", maintain_order="left").select(figures.delivered.columns)


def flag_breaks(rows: pl.DataFrame, breaks: Sequence[Recipe]) -> pl.DataFrame:
    """OBS_STATUS B at the first period on a new base, and the base of every period where it is stated."""
    for stated in breaks:
        here = pl.all_horizontal(pl.col(name).is_in(values) for name, values in stated["where"].items())
        at = here & (pl.col("TIME_PERIOD") == stated["period"])
        rows = rows.with_columns(
            OBS_STATUS=pl.when(at).then(pl.lit("B")).otherwise("OBS_STATUS"),
            COMMENT_OBS=pl.when(at).then(pl.lit(stated["comment"])).otherwise("COMMENT_OBS"),
        )
        if "bases" in stated:
            before, after = stated["bases"]
            base = (
                pl.when(pl.col("TIME_PERIOD") < stated["period"])
                .then(pl.lit(before))
                .otherwise(pl.lit(after))
            )
            rows = rows.with_columns(CENSUS_BASE=pl.when(here).then(base).otherwise("CENSUS_BASE"))
    return rows


def derive_year(rows: pl.DataFrame, rule: Recipe) -> pl.DataFrame:
    """Annual observations by the declared rule that one round of the year stands for the year."""
    year = pl.col("TIME_PERIOD").str.slice(0, 4)
    return rows.filter(
        (pl.col("FREQ") == rule["freq"]) & pl.col("TIME_PERIOD").str.ends_with(rule["period"])
    ).with_columns(
        FREQ=pl.lit("A"),
        TIME_PERIOD=year,
        OBS_STATUS=pl.lit(rule["status"]),
        COMMENT_OBS=pl.lit(rule["comment"]),
    )


def read_marks(path: Path, marks: Recipe) -> pl.DataFrame:
    """Cells of a wide table that hold the mark of a missing figure: INDICATOR, AGE, TIME_PERIOD.

    The layout: a group of columns per indicator, in it the rounds and the year; row four has the year,
    the figures begin in row six.
    """
    lines = [line.split(",") for line in path.read_text(encoding="utf-8-sig").splitlines()]
    year = next(cell for cell in lines[3] if cell)
    places = [
        (1 + group * marks["width"] + at, indicator, period)
        for group, indicator in enumerate(marks["indicators"])
        for at, period in enumerate(marks["periods"])
    ]
    found = [
        (indicator, marks["ages"].get(cells[0], f"Y{cells[0].replace('-', 'T')}"), f"{year}-{period}")
        for cells in lines[5:]
        for column, indicator, period in places
        if cells[column] == marks["mark"]
    ]
    return pl.DataFrame(
        found, schema=dict.fromkeys(("INDICATOR", "AGE", "TIME_PERIOD"), pl.String), orient="row"
    )


def add_missing(rows: pl.DataFrame, missing: pl.DataFrame, about: Recipe) -> pl.DataFrame:
    """Rows without a value, with the status that says why, in the shape of their series' other rows."""
    on = [name for name in ("INDICATOR", "AGE") if name in missing.columns]
    shape = rows.filter(pl.col("FREQ") == about["freq"]).unique(on, maintain_order=True)
    return (
        missing.join(shape.drop("TIME_PERIOD"), on=on, maintain_order="left")
        .with_columns(
            OBS_VALUE=pl.lit(""),
            TIME_DETAIL=pl.lit(""),
            OBS_STATUS=pl.lit(about["status"]),
            COMMENT_OBS=pl.lit(about["comment"]),
        )
        .select(rows.columns)
    )


def observations(figures: Figures, recipe: Recipe) -> pl.DataFrame:
    """All rows of a package, still with what repeats."""
    parts = [select(figures.harmonised, recipe)]
    if "edition" in recipe:
        parts.append(harmonise(earlier_edition(figures, recipe["edition"])))
    rows = flag_breaks(pl.concat(parts), recipe.get("break", ()))
    added = [derive_year(rows, rule) for rule in recipe.get("year", ())]
    for about in recipe.get("missing", ()):
        if "files" in about:
            cells = pl.concat(
                [read_marks(path, about) for path in sorted(figures.folder.glob(about["files"]))]
            )
        else:
            cells = pl.DataFrame(about["cells"])
        added.append(add_missing(rows, cells, about))
    return pl.concat([rows, *added])


# ---- from rows to files


def merge_equal(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """One row per key, in key order; raises Unequal where rows of one key state different values."""
    value = pl.col("OBS_VALUE").cast(pl.Float64, strict=False)
    unequal = rows.group_by(key).agg(value.n_unique().alias("values")).filter(pl.col("values") > 1)
    if len(unequal):
        first = ", ".join(str(part) for part in unequal.sort(key).row(0)[:-1])
        raise Unequal(f"{len(unequal)} keys have rows with different values, the first is {first}")
    return rows.sort(*key, "SOURCE_FILE", "OBS_VALUE").unique(subset=key, keep="first", maintain_order=True)


def field(name: str, dimensions: Sequence[str], missing: bool, titles: Mapping[str, str]) -> dict[str, Any]:
    """The Table Schema field of a component."""
    required = name in dimensions or name in MANDATORY or (name == "OBS_VALUE" and not missing)
    kind = "number" if name in NUMBERS else "string"
    return {"name": name, "title": titles[name], "type": kind, "constraints": {"required": required}}


def resource(rows: pl.DataFrame, flow: Mapping[str, str], folder: Path, recipe: Recipe) -> dict[str, Any]:
    """Write the CSV file of one dataflow; its descriptor."""
    structures = read_toml(HERE / "structures.toml")
    structure = structures[flow["structure"]]
    dimensions = structure["dimensions"]
    rows = merge_equal(rows, dimensions)
    constant = {name for name in rows.columns if rows[name].n_unique() == 1}
    fixed = {name: rows[name][0] for name in dimensions if name in constant and name not in ALWAYS}
    key = [name for name in dimensions if name not in fixed]
    used = [name for name in structure["attributes"] if name in MANDATORY or rows[name].max() != ""]
    table = rows.select(*key, "OBS_VALUE", *used)
    content = table.with_columns(pl.all().replace("", None)).write_csv(line_terminator="\n").encode()
    name = flow["dataflow"].lower().replace("_", "-")
    (folder / f"{name}.csv").write_bytes(content)
    missing = bool((table["OBS_VALUE"] == "").any())
    schema = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [field(column, key, missing, structures["titles"]) for column in table.columns],
        "missingValues": [""],
        "primaryKey": key,
    }
    return {
        "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
        "name": name,
        "type": "table",
        "title": flow["title"],
        "i18n": {"id": {"title": flow["title_id"]}},
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
        "sdmx": {
            "dataflow": f"LMIS:{flow['dataflow']}(1.0.0)",
            **recipe["delivery"],
            **({"fixed": fixed} if fixed else {}),
        },
    }


def write(figures: Figures, recipe: Recipe, target: Path) -> tuple[int, int]:
    """Write one package; how many observations it has, and how many rows repeated one and were merged."""
    folder = target / recipe["name"]
    folder.mkdir(parents=True, exist_ok=True)
    rows = observations(figures, recipe)
    flows = read_map("dataflow").filter(pl.col("dataflow").is_in(rows["DATAFLOW"].unique().to_list()))
    resources = [
        resource(rows.filter(pl.col("DATAFLOW") == flow["dataflow"]), flow, folder, recipe)
        for flow in flows.iter_rows(named=True)
    ]
    descriptor = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": recipe["name"],
        **recipe["about"],
        "sdmx": recipe["sdmx"],
        "resources": resources,
    }
    text = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    (folder / "datapackage.json").write_bytes(text.encode())
    kept = sum((folder / part["path"]).read_bytes().count(b"\n") - 1 for part in resources)
    return kept, len(rows) - kept


def build(source: Path, target: Path = HERE) -> dict[str, tuple[int, int]]:
    """Write every package under `target`; observations and merged rows by package, in order of release."""
    delivered = read_table(source / TABLE)
    figures = Figures(source, delivered, harmonise(delivered))
    return {recipe["name"]: write(figures, recipe, target) for recipe in recipes()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Make the bundled data packages from the source figures.",
        epilog="example: python demo/build.py ../shared/data --output build/packages",
    )
    parser.add_argument("source", metavar="SOURCE_DIR", type=Path, help=f"folder with {TABLE} and national/")
    parser.add_argument(
        "--output", type=Path, default=HERE, help="where the packages go (default: beside this file)"
    )
    options = parser.parse_args(arguments)
    if not (options.source / TABLE).is_file():
        parser.error(f"{options.source / TABLE} is not there; give the folder that holds {TABLE}")
    for name, (kept, merged) in build(options.source, options.output).items():
        print(f"{name}: {kept} observations, {merged} equal rows merged")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
