"""The table of findings: every code that `check` can give, what it means and how to mend it.

docs/findings.md explains each at length; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One kind of finding. `remedy` is shown with each, unless the check knows a better one."""

    code: str
    title: str
    remedy: str
    severity: str = "error"


RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        # the folder or archive
        Rule("package-missing", "There is no package here", "give a folder, .zip or .tar.gz with a datapackage.json"),
        Rule("archive-invalid", "The archive cannot be used", "pack the folder again, without password"),
        Rule("archive-nested", "An archive inside the package", "put its files into the package"),
        Rule("unsafe-name", "A name that leaves the package or that some systems cannot hold",
             "use a relative name with / between folders, letters, digits, . _ and -"),
        Rule("not-a-regular-file", "A link, pipe or device instead of a file", "put the file itself here"),
        Rule("too-large", "More than a package may hold", "split the package"),
        Rule("remote-reference", "The package points to another place",
             "put the content into the package; nothing is fetched"),
        Rule("remote-failed", "A file of an allowed host cannot be fetched",
             "see that it can be reached, or put it into the package"),
        Rule("json-invalid", "datapackage.json or a JSON file cannot be read", "mend the JSON"),
        Rule("json-duplicate-key", "A JSON property is written twice", "keep one of them"),
        Rule("file-missing", "A file that the descriptor names is not there",
             "add the file or mend its path"),
        Rule("hash-mismatch", "A file is not the one that was described",
             "write the sha256 of the file that you send"),
        Rule("hash-unsupported", "A hash that does not protect", "write sha256: and 64 hexadecimal digits"),
        Rule("bytes-mismatch", "A file has another size than described",
             "write the size of the file that you send"),
        # datapackage.json
        Rule("descriptor-invalid", "Not a Data Package descriptor", "mend datapackage.json"),
        Rule("inline-data", "Data inside datapackage.json", "put the rows into a CSV file"),
        Rule("no-data", "No table of observations", "add a resource with its sdmx.dataflow"),
        Rule("sdmx-missing", "The sdmx property lacks something", "add it to datapackage.json"),
        Rule("sdmx-invalid", "A value of the sdmx property cannot be used", "mend it in datapackage.json"),
        Rule("provider-unknown", "The data provider is not registered",
             "use its id of the data provider scheme"),
        Rule("dataflow-unknown", "The dataflow is not registered",
             "write it as AGENCY:ID(VERSION), as the structures have it"),
        Rule("no-agreement", "The provider may not file this dataflow",
             "ask for a provision agreement, or use the dataflow that you report"),
        Rule("accepted-not-found", "An accepted warning that does not occur", "take it out of sdmx.accepted",
             "warning"),
        Rule("action-unknown", "Not an action", "use Replace, Merge or Delete"),
        Rule("action-conflict", "Resources of one dataflow want different things",
             "give them the same action and scope, or send two packages"),
        Rule("scope-invalid", "The scope names what the structure does not have",
             "use dimensions and codes of the structure"),
        Rule("fixed-invalid", "A fixed value that the structure does not have",
             "use a dimension that is no column of the file, and one of its codes"),
        Rule("format-unsupported", "A format that no table may have",
             "send .csv, .xlsx, .parquet, SDMX-CSV or SDMX-ML"),
        Rule("dialect-unsupported", "A way to write tables that is not supported",
             "take the property out, or write the table in another way"),
        # the file as a whole
        Rule("file-invalid", "The bytes are not of the format that was declared",
             "save the table again, or declare its format"),
        Rule("sheet-unknown", "The workbook does not say which sheet is the table",
             "name it in the resource: dialect.sheetName"),
        Rule("message-invalid", "Not an SDMX message of data", "write it again with an SDMX tool"),
        Rule("message-differs", "The SDMX message is for something else than the descriptor says",
             "mend the descriptor or the message"),
        Rule("encoding", "The bytes are not the text that was declared",
             "save as UTF-8, or declare the encoding of the resource"),
        Rule("byte-order-mark", "The file begins with a byte-order mark",
             "save as UTF-8 without BOM", "warning"),
        Rule("control-character", "A character that no text may have", "take it out"),
        Rule("csv-quoting", "A quotation mark out of place",
             'put the whole cell between quotation marks and write "" for one inside'),
        Rule("csv-empty", "The file has no rows", "add rows or leave the resource out"),
        Rule("row-width", "A row has more or fewer cells than the header",
             "put cells that hold the delimiter between quotation marks"),
        Rule("cell-too-long", "A cell is longer than any value may be", "shorten it"),
        Rule("column-duplicate", "A column comes twice", "keep one of them"),
        Rule("column-unknown", "A column that the structure does not have",
             "name columns by the ids of the structure's components"),
        Rule("column-missing", "A column that must be there", "add the column"),
        Rule("schema-differs", "The schema in datapackage.json has other fields than the file",
             "make schema.fields say the header's names"),
        # cells
        Rule("cell-formula", "A formula without a saved value",
             "open the workbook in Excel and save it, or write the value"),
        Rule("cell-error", "A cell that shows an error", "mend the formula, or write the value"),
        Rule("cell-percent", "A number that is shown as a percentage",
             "give the cell the format General and write what is meant"),
        Rule("dimension-missing", "A cell of the key is empty", "fill it; _T is the total"),
        Rule("unknown-code", "Not in the code list", "use a code of the list"),
        Rule("code-repeated", "The same code twice in a cell of several codes", "write each once"),
        Rule("not-in-dataflow", "A code that this dataflow does not hold",
             "move the row to the dataflow that holds it"),
        Rule("not-in-agreement", "A code that the provider may not file",
             "file only what the provision agreement allows"),
        Rule("outside-scope", "A row outside of the declared scope", "mend the row or widen the scope"),
        Rule("period-form", "Not a time period of SDMX", "write 2024, 2024-S1, 2024-Q1, 2024-01, …"),
        Rule("period-frequency", "A time period of another frequency than FREQ says",
             "mend FREQ or the period"),
        Rule("period-future", "A period that begins after the release", "mark it as forecast (F) or mend it",
             "warning"),
        Rule("number-form", "Not a plain number", "write digits with a dot: 1234.5"),
        Rule("period-gap", "A period is missing inside a series",
             "send the period, or a missing value with its status", "warning"),
        Rule("out-of-range", "A value that its unit cannot have", "mend the value or its unit"),
        Rule("accounting", "Figures that must agree do not", "mend the figure, or accept it with the reason",
             "warning"),
        Rule("rules-not-run", "Rules could not be run", "pip install 'lmis-publisher[vtl]'", "warning"),
        Rule("too-many-decimals", "More decimals than DECIMALS declares", "round it, or declare more"),
        Rule("text-form", "Text that the component does not take", "follow the component's type and facets"),
        Rule("missing-without-status", "No value, and the status does not say why",
             "give OBS_STATUS M, O, L, Q or H, or the value"),
        Rule("value-with-missing-status", "A value, and a status that says it is missing",
             "take the value out or mend OBS_STATUS"),
        Rule("attribute-missing", "A mandatory attribute is empty", "fill it"),
        Rule("attribute-required", "An attribute that this row needs", "fill it"),
        Rule("attribute-not-constant", "An attribute changes inside what it describes",
             "give all rows of the series the same value"),
        Rule("duplicate-equal", "The same observation twice; one is kept", "send it once", "warning"),
        Rule("duplicate-unequal", "Two different observations with one key", "keep the right one"),
    )
}  # fmt: skip
