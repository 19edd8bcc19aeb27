"""Rows checked per CPU second: ours on 1,000,000 rows, frictionless on the first 100,000 of them.

    python -m benchmarks.validate [ROWS]

Both get a package of the bundled structures with 0.1 % planted errors of six kinds and must find them
all (frictionless: those that a Table Schema can express). Ours counts from the CSV bytes on disk to
the report: reading, sha256, parsing, every rule. Then a package in which every row is a side of a
sum, so that all of them go through VTL; frictionless has no such rules.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from frictionless import Resource, system

from publisher.folders import folder
from publisher.package import check, required
from publisher.package.rules import accounting
from publisher.structures.definition import Definition
from publisher.structures.model import ProvisionAgreement
from publisher.structures.registry import Registry

PEER_ROWS = 100_000
TARGET, TARGET_VTL = 800_000, 150_000
SUMS = "sex"  # the rule of `rules/accounting.csv`: women and men make the total


def main(rows: int) -> int:
    registry = Registry.load(folder("dsd"))
    agreement = widest(registry)
    assert agreement.dataflow
    assert agreement.provider
    definition = registry.definition(agreement.dataflow)
    rng = np.random.default_rng(20250101)
    table = clean(registry, agreement, definition, rows)
    wrong, planted = plant(table, rng)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        write(path / "clean", table, agreement.dataflow.short, agreement.provider.item or "")
        write(path / "ours", wrong, agreement.dataflow.short, agreement.provider.item or "")
        ours = measure_ours(path / "ours", registry, planted)
        measure_clean(path / "clean", registry)
        sums = balanced(registry, rows)
        write(path / "sums", sums.table, sums.dataflow, sums.provider, fixed=sums.fixed)
        with_vtl = measure_sums(path / "sums", registry)
        sample = wrong.head(PEER_ROWS)
        write(path / "peer", sample, agreement.dataflow.short, agreement.provider.item or "")
        peer = measure_frictionless(path / "peer", sample, definition)
    print(f"ratio           {ours / peer:12,.0f} ×")
    right = [
        met("structure and numbers", ours, TARGET),
        met("the whole pass with VTL", with_vtl, TARGET_VTL),
    ]
    return 0 if all(right) else 1


def met(what: str, speed: float, target: int) -> bool:
    print(
        f"target          {target:12,} rows per CPU second, {what}: {'met' if speed >= target else 'MISSED'}"
    )
    return speed >= target


def widest(registry: Registry) -> ProvisionAgreement:
    """The agreement of a labour force flow that lets the most combinations through."""

    def breadth(agreement: ProvisionAgreement) -> int:
        assert agreement.dataflow
        codes = choices(registry, agreement, registry.definition(agreement.dataflow))
        return int(np.prod([len(c) for c in codes.values()], dtype=float))

    agreements = [a for a in registry.find("provisionagreement") if isinstance(a, ProvisionAgreement)]
    return max(agreements, key=breadth)


def choices(
    registry: Registry, agreement: ProvisionAgreement, definition: Definition
) -> dict[str, list[str]]:
    """Dimension → the codes that may stand there."""
    assert agreement.dataflow
    allowed = registry.allowed(agreement.dataflow, agreement.ref)
    return {
        d.id: [c for c in d.codes.items if c in allowed.get(d.id, {c})]
        for d in definition.dimensions
        if d.codes is not None
    }


def clean(
    registry: Registry, agreement: ProvisionAgreement, definition: Definition, rows: int
) -> pl.DataFrame:
    """A table without errors: `rows` observations in series of 50 years, in the store's order."""
    codes = choices(registry, agreement, definition)
    codes["FREQ"] = ["A"]
    for rule in required.load(registry):  # combinations that need one more attribute are left out
        if rule.structure == definition.structure.id and rule.when_component in codes:
            codes[rule.when_component] = [c for c in codes[rule.when_component] if c != rule.when_value]
    years = [str(year) for year in range(1970, 2020)]
    keys = list(itertools.islice(itertools.product(*codes.values()), -(-rows // len(years))))
    data: dict[str, Any] = {
        name: np.repeat(np.array([key[n] for key in keys]), len(years))[:rows] for n, name in enumerate(codes)
    }
    data["TIME_PERIOD"] = np.tile(np.array(years), len(keys))[:rows]
    data["OBS_VALUE"] = np.char.mod("%.1f", np.random.default_rng(1).random(rows) * 1000)
    data["DECIMALS"] = np.full(rows, "1")
    for attribute in definition.attributes:
        if getattr(attribute.component, "is_mandatory", False) and attribute.codes:
            first = "A" if attribute.id == "OBS_STATUS" else next(iter(attribute.codes.items))
            data[attribute.id] = np.full(rows, first)
    return pl.DataFrame(data)


@dataclass(frozen=True)
class Sums:
    """A table whose totals are the sums of their parts, and the package around it."""

    table: pl.DataFrame
    dataflow: str
    provider: str
    fixed: dict[str, str]


def balanced(registry: Registry, rows: int) -> Sums:
    """About `rows` observations in series of 50 years, each a side of an equation that holds."""
    rule = next(rule for rule in accounting.load(registry) if rule.id == SUMS)
    agreement = max(
        (a for a in registry.find("provisionagreement") if isinstance(a, ProvisionAgreement)),
        key=lambda a: _room(registry, a, rule.structure),
    )
    assert agreement.dataflow
    definition = registry.definition(agreement.dataflow)
    codes = _of_sums(registry, agreement, definition, rule)
    whole, parts = rule.equations[0]
    years, count = [str(year) for year in range(1970, 2020)], len(parts)
    wanted = -(-rows // (len(years) * (count + 1)))
    keys = list(itertools.islice(itertools.product(*codes.values()), wanted))
    each = len(years) * (count + 1)
    data = {name: pl.Series(np.array([key[n] for key in keys])).gather(np.repeat(np.arange(len(keys)), each))
            for n, name in enumerate(codes) if len(codes[name]) > 1}  # fmt: skip
    figures = np.random.default_rng(1).integers(100, 9_000, (len(keys), count, len(years)))
    values = np.concatenate([figures, figures.sum(axis=1, keepdims=True)], axis=1).ravel()
    sides = np.array([*parts, whole])
    data[rule.dimension] = pl.Series(sides).gather(
        np.tile(np.repeat(np.arange(count + 1), len(years)), len(keys))
    )
    data["TIME_PERIOD"] = pl.Series(years).gather(np.tile(np.arange(len(years)), len(keys) * (count + 1)))
    data["OBS_VALUE"] = pl.Series(values).cast(pl.String)
    written = {
        "UNIT_MEASURE": "PS",
        "UNIT_MULT": "0",
        "SOURCE_TYPE": "NS",
        "DECIMALS": "0",
        "OBS_STATUS": "A",
    }
    table = pl.DataFrame(data).with_columns(pl.lit(text).alias(name) for name, text in written.items())
    fixed = {name: its[0] for name, its in codes.items() if len(its) == 1}
    provider = agreement.provider.item if agreement.provider else None
    return Sums(table, agreement.dataflow.short, provider or "", fixed)


def _room(registry: Registry, agreement: ProvisionAgreement, structure: str) -> int:
    """How many combinations the agreement lets through, if it is about `structure` and annual."""
    assert agreement.dataflow
    definition = registry.definition(agreement.dataflow)
    codes = choices(registry, agreement, definition)
    if (
        definition.structure.id != structure
        or "A" not in codes["FREQ"]
        or "EMP_TEMP_NB" not in codes["INDICATOR"]
    ):
        return 0
    return int(np.prod([len(c) for c in codes.values()], dtype=float))


def _of_sums(
    registry: Registry, agreement: ProvisionAgreement, definition: Definition, rule: accounting.Rule
) -> dict[str, list[str]]:
    """Codes of each dimension, so that no other equation has all its sides."""
    codes = choices(registry, agreement, definition)
    free = ("REF_AREA", "EDUCATION_LEV", "OCCUPATION", "STATUS_IN_EMPLOYMENT", "URBANISATION")
    usual = {"FREQ": "A", "INDICATOR": "EMP_TEMP_NB", "AGE": "Y_GE15", "SEASONAL_ADJUST": "N"}
    codes.pop(rule.dimension)
    return {
        name: its if name in free else [usual.get(name, "_T" if "_T" in its else its[0])]
        for name, its in codes.items()
    }


KINDS = (  # finding, column, what is written there
    ("unknown-code", "SEX", "X"),
    ("period-form", "TIME_PERIOD", "20-24"),
    ("number-form", "OBS_VALUE", "1_000"),
    ("too-many-decimals", "OBS_VALUE", "12.345"),
    ("attribute-missing", "SOURCE_TYPE", ""),
    ("missing-without-status", "OBS_VALUE", ""),
)


def plant(table: pl.DataFrame, rng: np.random.Generator) -> tuple[pl.DataFrame, dict[str, int]]:
    """`table` with an error in one row of a thousand, and how many of each kind."""
    wrong = rng.choice(len(table), len(table) // 1000, replace=False)
    planted = {}
    for number, (code, column, value) in enumerate(KINDS):
        rows = wrong[number :: len(KINDS)]
        texts = table[column].to_numpy().astype("U32")
        texts[rows] = value
        empty = pl.when(pl.col(column) == "").then(None).otherwise(pl.col(column)).alias(column)
        table = table.with_columns(pl.Series(column, texts.astype(object), dtype=pl.String)).with_columns(
            empty
        )
        planted[code] = len(rows)
    return table, planted


def write(
    path: Path,
    table: pl.DataFrame,
    dataflow: str,
    provider: str,
    format_: str = "csv",
    fixed: dict[str, str] | None = None,
) -> int:
    """The package in `path`; gives the size of its table."""
    path.mkdir()
    file = path / f"data.{format_}"
    if format_ == "parquet":
        table.write_parquet(file)
    else:
        table.write_csv(file, quote_style="necessary")
    sdmx: dict[str, Any] = {"dataflow": dataflow, "fixed": fixed or {}}
    descriptor = {
        "name": "benchmark",
        "resources": [{"name": "data", "path": file.name, "sdmx": sdmx}],
        "sdmx": {"dataProvider": provider, "release": "1", "releaseDate": "2025-01-01T00:00:00+00:00"},
    }
    (path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return file.stat().st_size


def measure_sums(path: Path, registry: Registry) -> float:
    """Every row in an equation: the rules of accounting run as VTL over all of them."""
    spent = []
    for _ in range(3):
        before = time.process_time()
        report = check(path, registry)
        spent.append(time.process_time() - before)
    if report.findings:
        raise SystemExit(f"the sums have findings: {report.findings[0]}")
    speed = report.rows / sorted(spent)[1]
    print(
        f"ours, with VTL  {speed:12,.0f} rows per CPU second (median of 3; {report.rows:,} rows in equations)"
    )
    return speed


def measure_clean(path: Path, registry: Registry) -> None:
    """A package without errors: the same rules, and then the table that is to be published."""
    before = time.process_time()
    report = check(path, registry)
    speed = report.rows / (time.process_time() - before)
    if report.findings or report.deliveries[0].table.num_rows != report.rows:
        raise SystemExit(f"the clean package has findings: {report.counts}")
    print(f"ours, no errors {speed:12,.0f} rows per CPU second (one run, with the table to publish)")


def measure_ours(path: Path, registry: Registry, planted: dict[str, int]) -> float:
    spent = []
    for _ in range(5):
        before = time.process_time()
        report = check(path, registry)
        spent.append(time.process_time() - before)
    found = {code: report.counts.get(code, 0) for code in planted}
    speed = report.rows / sorted(spent)[2]
    print(f"ours            {speed:12,.0f} rows per CPU second (median of 5; {report.rows:,} rows)")
    print(f"                {sum(found.values()):,} of {sum(planted.values()):,} planted errors found")
    if found != planted:
        raise SystemExit(f"planted {planted}, found {found}")
    return speed


def measure_frictionless(path: Path, table: pl.DataFrame, definition: Definition) -> float:
    fields = [
        {"name": name, "type": "string", "constraints": constraints(definition, name)}
        for name in table.columns
    ]
    with system.use_context(trusted=True):
        resource = Resource.from_descriptor(
            {"name": "data", "path": str(path / "data.csv"), "schema": {"fields": fields}}
        )
        before = time.process_time()
        report = resource.validate(limit_errors=1_000_000)
        spent = time.process_time() - before
    speed = len(table) / spent
    print(f"frictionless    {speed:12,.0f} rows per CPU second (one run; {len(table):,} rows)")
    print(f"                {report.stats['errors']} errors found; it knows neither decimals nor status")
    return speed


def constraints(definition: Definition, name: str) -> dict[str, Any]:
    """What of the structure a Table Schema can say."""
    resolved = definition.components[name]
    required = name != "OBS_VALUE"
    if name == "OBS_VALUE":
        return {"pattern": r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"}
    if name == "TIME_PERIOD":
        return {"required": required, "pattern": r"[0-9]{4}"}
    codes = list(resolved.codes.items) if resolved.codes else []
    return {"required": required, "enum": codes}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
