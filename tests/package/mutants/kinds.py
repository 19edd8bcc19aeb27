"""The table of errors: what is done to a package that is right, and the finding that must tell it."""

from __future__ import annotations

from dataclasses import dataclass

from publisher.package import required
from publisher.package.rules import comparable, gaps, plausible, ranges
from publisher.structures.registry import Registry
from tests.package.mutants import cells, descriptors, figures, rows, tables
from tests.package.mutants.sheet import STATUS, TIME, VALUE, Plant

ANY, TEXT, PLAIN = "any form", "any CSV", "CSV"  # how the table may be written
SERIES, EQUATIONS = "series", "equations"  # which slices it is planted in


@dataclass(frozen=True)
class Kind:
    name: str
    code: str
    plant: Plant
    forms: str = PLAIN
    slices: str = SERIES


def kinds(registry: Registry) -> tuple[Kind, ...]:
    """All of them, with what the rules beside the structures say."""
    likely = plausible.load(registry)
    conventions, _ = comparable.load(registry)
    return (
        # -- cells: codes -------------------------------------------------------------------------
        *(Kind(f"code {how}", "unknown-code", cells.cell(cells.coded, cells.unknown(change)), TEXT if "space" in how or "formula" in how else ANY) for how, change in cells.SPELT.items()),
        Kind("name of the code for the code", "unknown-code", cells.cell(cells.coded, cells.label), TEXT),
        Kind("code of another list", "unknown-code", cells.cell(cells.coded, cells.of_another_list), ANY),
        Kind("second code of a cell unknown", "unknown-code", cells.cell(cells.several, cells.and_an_unknown_one), ANY),
        Kind("code twice in a cell", "code-repeated", cells.cell(cells.several, cells.twice), ANY),
        Kind("code that the dataflow does not hold", "not-in-dataflow", cells.cell(cells.dimensions, cells.outside(0)), ANY),
        Kind("code that the provider may not file", "not-in-agreement", cells.cell(cells.dimensions, cells.outside(1)), ANY),
        Kind("code outside the declared scope", "outside-scope", rows.out_of_scope, ANY),
        Kind("cell of the key empty", "dimension-missing", cells.cell(cells.dimensions, cells.emptied), ANY),
        # -- cells: periods -----------------------------------------------------------------------
        Kind("period empty", "dimension-missing", cells.cell(cells.only(TIME), cells.emptied), ANY),
        Kind("period badly written", "period-form", cells.cell(cells.only(TIME), cells.badly_written), TEXT),
        Kind("period of another frequency", "period-frequency", cells.cell(cells.only(TIME), cells.of_another_frequency), ANY),
        Kind("frequency of another period", "period-frequency", cells.cell(cells.only("FREQ"), cells.other_freq, TIME), ANY),
        Kind("period in the future", "period-future", cells.cell(cells.only(TIME), cells.years_ahead(90)), ANY),
        Kind("period of the Buddhist era", "period-future", cells.cell(cells.only(TIME), cells.years_ahead(543)), ANY),
        Kind("period left out of a series", "period-gap", rows.gap(gaps.load(registry)), ANY),
        # -- cells: numbers -----------------------------------------------------------------------
        *(Kind(f"number {how}", "number-form", cells.cell(cells.only(VALUE), cells.number(how)), TEXT) for how in cells.NUMBERS),
        Kind("number with another mark of nothing", "number-form", cells.cell(cells.only(VALUE), cells.mark), TEXT),
        Kind("number with too many decimals", "too-many-decimals", cells.cell(cells.only(VALUE), cells.more_decimals), ANY),
        Kind("number that its unit cannot have", "out-of-range", cells.cell(cells.only(VALUE), cells.out_of_range(ranges.load(registry))), ANY),
        Kind("sample size below nothing", "number-form", cells.number_attribute("SAMPLE_SIZE", "-1", "-250")),
        Kind("sample size with decimals", "number-form", cells.number_attribute("SAMPLE_SIZE", "12.5", "1e3")),
        Kind("standard error that is no number", "number-form", cells.number_attribute("STD_ERR", "n.a.", "0,3", "1e-3")),
        Kind("two marks of nothing in a column", "missing-mixed", cells.two_marks, TEXT),
        Kind("no value and no reason", "missing-without-status", cells.cell(cells.only(VALUE), cells.no_value), ANY),
        Kind("a value that is said to be missing", "value-with-missing-status", cells.cell(cells.only(STATUS), cells.says_missing, VALUE), ANY),
        # -- cells: attributes and texts ----------------------------------------------------------
        Kind("mandatory attribute empty", "attribute-missing", cells.cell(cells.mandatory, cells.emptied), ANY),
        Kind("attribute required by another", "attribute-required", rows.required(required.load(registry)), ANY),
        Kind("attribute changes in its series", "attribute-not-constant", rows.changing, ANY),
        *(Kind(f"text {how}", "text-form", cells.text(how)) for how in cells.TEXTS),
        Kind("cell that its field's pattern refuses", "pattern-differs", descriptors.pattern),
        # -- rows ---------------------------------------------------------------------------------
        Kind("row twice", "duplicate-equal", rows.again("nothing"), ANY),
        Kind("row twice with two values", "duplicate-unequal", rows.again("value"), ANY),
        Kind("row twice with two spellings", "duplicate-unequal", rows.again("spelling"), ANY),
        Kind("row twice with two statuses", "duplicate-unequal", rows.again("status"), ANY),
        Kind("two rows with one key", "duplicate-unequal", rows.same_key, ANY),
        Kind("row of another file again", "duplicate-unequal", rows.in_two_files),
        Kind("row too short", "row-width", tables.width(lambda cells, rng: cells[:-1])),
        Kind("row too long", "row-width", tables.width(lambda cells, rng: [*cells, "1"])),
        Kind("decimal comma without quotes", "row-width", tables.decimal_comma),
        Kind("header between the rows", "number-form", tables.header_twice, TEXT),
        # -- header -------------------------------------------------------------------------------
        Kind("column missing", "column-missing", tables.without),
        Kind("column more", "column-unknown", tables.more("NOTES")),
        Kind("column without a name", "column-unknown", tables.more("")),
        Kind("column misspelt", "column-unknown", tables.renamed(lambda name: name[:-1] + "X")),
        Kind("column in small letters", "column-unknown", tables.renamed(str.lower)),
        Kind("column with a space", "column-unknown", tables.renamed(lambda name: f"{name} ")),
        Kind("column twice", "column-duplicate", tables.twice),
        Kind("column fixed as well", "fixed-invalid", tables.fixed_too),
        Kind("257 columns", "too-large", tables.wide),
        Kind("no header", "column-missing", tables.headless),
        Kind("schema without a field", "schema-differs", descriptors.schema(descriptors.fewer)),
        Kind("schema in another order", "schema-differs", descriptors.schema(descriptors.swapped)),
        # -- bytes, encodings, dialects, formats --------------------------------------------------
        Kind("NUL", "control-character", tables.bytes_of(tables.put(b"\0"))),
        Kind("byte that is not UTF-8", "encoding", tables.bytes_of(tables.put(b"\xff"))),
        Kind("quotation mark inside a cell", "csv-quoting", tables.bytes_of(tables.inside_a_cell(b'"'))),
        Kind("quotation that is never closed", "csv-quoting", tables.bytes_of(tables.never_closed)),
        Kind("cell of more than 64 KiB", "cell-too-long", cells_too_long()),
        Kind("only a header", "csv-empty", tables.bytes_of(tables.only_header)),
        Kind("nothing", "csv-empty", tables.bytes_of(tables.nothing)),
        *(Kind(f"encoding {name} not declared", "encoding", tables.undeclared(name)) for name in tables.SCRIPTS),
        Kind("encoding UTF-16 declared, UTF-8 sent", "encoding", odd_length()),
        Kind("encoding ASCII declared, Thai sent", "encoding", tables.declared("ascii")),
        Kind("encoding that nobody knows", "encoding", tables.declared("utf-7")),
        Kind("byte-order mark", "byte-order-mark", tables.marked),
        Kind("another delimiter", "column-unknown", tables.other_delimiter),
        Kind("workbook: error in a cell", "cell-error", tables.in_workbook(VALUE, "#REF!", letters=True)),
        Kind("workbook: formula never calculated", "cell-formula", tables.in_workbook(VALUE, "=SUM(A1:A2)", letters=True)),
        Kind("workbook: percentage", "cell-percent", tables.in_workbook(VALUE, 0.105, "0.0%")),
        Kind("workbook: number for a code", "unknown-code", tables.in_workbook("REF_AREA", 458)),
        Kind("workbook: two sheets", "sheet-unknown", tables.two_sheets),
        Kind("CSV that is called a workbook", "file-invalid", tables.not_that_format("xlsx")),
        Kind("CSV that is called Parquet", "file-invalid", tables.not_that_format("parquet")),
        Kind("message for another dataflow", "message-differs", tables.for_something_else("STRUCTURE_ID", "LMIS:DF_TVET(9.0.0)")),
        Kind("message with another action", "message-differs", tables.for_something_else("ACTION", "D")),
        # -- datapackage.json ---------------------------------------------------------------------
        Kind("provider misspelt", "provider-unknown", descriptors.package("sdmx.dataProvider", descriptors.misspelt)),
        Kind("provider not said", "sdmx-missing", descriptors.package("sdmx.dataProvider", None)),
        Kind("release not said", "sdmx-missing", descriptors.package("sdmx.release", None)),
        Kind("release with a slash", "sdmx-invalid", descriptors.package("sdmx.release", "2025/10")),
        Kind("release date without a zone", "sdmx-invalid", descriptors.package("sdmx.releaseDate", "2025-10-09T12:00:00")),
        Kind("release date in words", "sdmx-invalid", descriptors.package("sdmx.releaseDate", "9 October 2025")),
        Kind("name that is no name of a folder", "descriptor-invalid", descriptors.package("name", "../up", "name")),
        Kind("dataflow misspelt", "dataflow-unknown", descriptors.resource("sdmx.dataflow", lambda old, rng: old.replace(":DF_", ":D_"))),
        Kind("dataflow of another version", "dataflow-unknown", descriptors.resource("sdmx.dataflow", descriptors.other_version)),
        Kind("dataflow not said", "sdmx-missing", descriptors.resource("sdmx.dataflow", None)),
        Kind("office without an agreement", "no-agreement", descriptors.no_agreement(registry)),
        Kind("action unknown", "action-unknown", descriptors.resource("sdmx.action", "Append")),
        Kind("two actions for one dataflow", "action-conflict", descriptors.two_actions),
        Kind("scope: no such dimension", "scope-invalid", descriptors.resource("sdmx.scope", {"COUNTRY": ["MYS"]}, "resources[0].sdmx.scope")),
        Kind("scope: no such code", "scope-invalid", descriptors.resource("sdmx.scope", {"REF_AREA": ["MY"]}, "resources[0].sdmx.scope.REF_AREA")),
        Kind("fixed: no such code", "fixed-invalid", descriptors.resource("sdmx.fixed", {"SOURCE": "TOTAL"}, "resources[0].sdmx.fixed.SOURCE")),
        Kind("hash of another file", "hash-mismatch", descriptors.other_bytes),
        Kind("size of another file", "bytes-mismatch", descriptors.other_size),
        Kind("hash that does not protect", "hash-unsupported", descriptors.weak_hash),
        Kind("file not sent", "file-missing", descriptors.gone),
        Kind("file of the other case", "file-missing", descriptors.resource("path", lambda old, rng: old.upper(), "")),
        Kind("path up", "unsafe-name", descriptors.resource("path", lambda old, rng: f"../{old}")),
        Kind("path to a network", "remote-reference", descriptors.resource("path", "https://example.org/jobs.csv")),
        Kind("path twice", "descriptor-invalid", descriptors.two_of_one_file),
        Kind("rows in the descriptor", "inline-data", descriptors.resource("data", [["FREQ"], ["A"]], "")),
        Kind("resource without a name", "descriptor-invalid", descriptors.resource("name", None, "")),
        Kind("size that is a text", "descriptor-invalid", descriptors.resource("bytes", "many")),
        Kind("format of old workbooks", "format-unsupported", descriptors.resource("format", "xls")),
        Kind("delimiter of two characters", "dialect-unsupported", descriptors.resource("dialect", {"delimiter": "||"}, "resources[0].dialect.delimiter")),
        Kind("accepted warning that there is not", "accepted-not-found", descriptors.accepted),
        Kind("descriptor cut off", "json-invalid", descriptors.text_of(descriptors.cut, line=1)),
        Kind("property twice", "json-duplicate-key", descriptors.text_of(descriptors.repeated)),
        # -- archives -----------------------------------------------------------------------------
        Kind("archive with an unsafe name", "unsafe-name", descriptors.archive(descriptors.slipping)),
        Kind("archive with a link, pipe or device", "not-a-regular-file", descriptors.archive(descriptors.linked)),
        Kind("archive cut off", "package-missing", descriptors.archive(descriptors.truncated)),
        Kind("archive with a password", "archive-invalid", descriptors.archive(descriptors.locked)),
        Kind("archive in the archive", "archive-nested", descriptors.archive(descriptors.nested)),
        Kind("two names that are one elsewhere", "unsafe-name", descriptors.archive(descriptors.twins)),
        Kind("archive that unpacks to a thousand times its size", "too-large", descriptors.archive(descriptors.bomb)),
        # -- figures beside each other ------------------------------------------------------------
        Kind("sums and rates that do not agree", "accounting", figures.unbalanced, slices=EQUATIONS),
        Kind("withheld figure that a sum tells", "suppression-undone", figures.undone, slices=EQUATIONS),
        Kind("withheld figure that was public", "confidential-was-public", figures.withheld_after, ANY),
        Kind("withheld figure in a Merge", "confidential-merge", figures.withheld_by_merge, ANY),
        Kind("figure times a thousand", "scale-slip", figures.times("1000", "1000000"), ANY),
        Kind("figure by a thousand", "scale-slip", figures.times("0.001", "0.000001"), ANY),
        Kind("new figure times a thousand", "scale-slip", figures.slipping, ANY),
        Kind("figure with the other sign", "sign-flip", figures.negative, ANY),
        Kind("figure revised by much", "revision-large", figures.revised(likely), ANY),
        Kind("figure far from its series", "outlier", figures.jumping(likely), ANY),
        Kind("series that is gone", "series-vanished", figures.vanished, ANY),
        Kind("age or population that no one compares", "not-comparable", figures.unlike(conventions), ANY),
        Kind("break without its flag", "break-not-flagged", figures.unflagged, ANY),
    )  # fmt: skip


def cells_too_long() -> Plant:
    """A cell of one byte too many, in a text or a code."""
    return cells.cell(cells.coded, lambda sheet, row, name, rng: "x" * (64 * 1024 + 1))


def odd_length() -> Plant:
    """UTF-16 with a byte left over, so that no reader can take it for text."""
    declared = tables.declared("utf-16-le")

    def plant(draft: tables.Draft, rng: tables.Random) -> tables.Planted | None:
        data = tables.forms.plain(draft.sheet)
        draft.sheet.write = lambda its: data if len(data) % 2 else data + b"\n"
        return declared(draft, rng)

    return plant
