"""A small structure of its own, so that these tests do not move when the bundled ones do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis.vendor.pretty import RepresentationPrinter

from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

HERE = Path(__file__).parent

CODES = {
    "CL_FREQ": ("A", "S", "Q", "M", "D"),
    "CL_AREA": ("AA", "BB", "CC"),
    "CL_SEX": ("F", "M", "_T"),
    "CL_PRICE_BASE": ("V", "Q", "_Z"),
    "CL_OBS_STATUS": ("A", "B", "F", "L", "M", "O", "P"),
    "CL_UNIT": ("PS", "PT", "XDC"),
    "CL_DECIMALS": ("0", "1", "2"),
    "CL_CURRENCY": ("THB", "VND"),
}
SERIES = ("FREQ", "AREA", "SEX", "PRICE_BASE")


def ref(kind: str, name: str, item: str | None = None, version: str = "1.0.0") -> Ref:
    return Ref(kind, "TEST", name, version, item)


def coded(codelist: str, several: bool = False) -> m.Representation:
    return m.Representation(enumeration=ref("codelist", codelist), max_occurs=None if several else 1)


def typed(text_type: str, **facets: str) -> m.Representation:
    return m.Representation(text_type=text_type, facets=m.Text(facets))


def dimension(name: str, representation: m.Representation) -> m.Dimension:
    concept = ref("conceptscheme", "CS", name)
    return m.Dimension(name, concept=concept, representation=representation, is_time=name == "TIME_PERIOD")


def attribute(
    name: str,
    representation: m.Representation,
    attachment: str = m.DIMENSIONS,
    to: tuple[str, ...] = SERIES,
    mandatory: bool = False,
) -> m.Attribute:
    return m.Attribute(
        name,
        concept=ref("conceptscheme", "CS", name),
        representation=representation,
        is_mandatory=mandatory,
        attachment=attachment,
        attached_to=to if attachment == m.DIMENSIONS else (),
    )


STRUCTURE = m.DataStructure(
    "DSD_JOBS",
    agency="TEST",
    dimensions=(
        dimension("FREQ", coded("CL_FREQ")),
        dimension("AREA", coded("CL_AREA")),
        dimension("SEX", coded("CL_SEX")),
        dimension("PRICE_BASE", coded("CL_PRICE_BASE")),
        dimension("TIME_PERIOD", typed("ObservationalTimePeriod")),
    ),
    measures=(
        m.Measure(
            "OBS_VALUE",
            concept=ref("conceptscheme", "CS", "OBS_VALUE"),
            representation=typed("Decimal"),
            is_mandatory=True,
        ),
    ),
    attributes=(
        attribute("OBS_STATUS", coded("CL_OBS_STATUS", several=True), m.OBSERVATION, mandatory=True),
        attribute("UNIT_MEASURE", coded("CL_UNIT"), mandatory=True),
        attribute("DECIMALS", coded("CL_DECIMALS")),
        attribute("CURRENCY", coded("CL_CURRENCY")),
        attribute("BASE_PER", typed("GregorianYear")),
        attribute("AREA_NOTE", typed("String"), to=("AREA",)),
        attribute("EDITION", typed("String"), m.DATASET),
        attribute("SAMPLE_SIZE", typed("Integer", minValue="0"), m.OBSERVATION),
        attribute("COMMENT_OBS", typed("String", maxLength="40"), m.OBSERVATION),
    ),
)  # fmt: skip


def constraint(name: str, to: Ref, **values: Iterable[str]) -> m.DataConstraint:
    selections = tuple(m.MemberSelection(component, tuple(codes)) for component, codes in values.items())
    return m.DataConstraint(name, agency="TEST", attached_to=(to,), regions=(m.CubeRegion(selections),))


def artefacts() -> Iterable[m.Maintainable]:
    yield STRUCTURE
    concepts = {
        c.id: m.Concept(c.id) for c in (*STRUCTURE.dimensions, *STRUCTURE.measures, *STRUCTURE.attributes)
    }
    yield m.ConceptScheme("CS", agency="TEST", items=concepts)
    for name, codes in CODES.items():
        yield m.Codelist(name, agency="TEST", items={code: m.Item(code) for code in codes})
    providers = {name: m.Organisation(name) for name in ("OFFICE_A", "OFFICE_B")}
    yield m.DataProviderScheme("DATA_PROVIDERS", agency="TEST", version="1.0", items=providers)
    for flow in ("DF_JOBS", "DF_PAY"):
        yield m.Dataflow(flow, agency="TEST", structure=STRUCTURE.ref)
    yield constraint("CR_JOBS", ref("dataflow", "DF_JOBS"), PRICE_BASE=("V", "Q"))
    for provider, flow, areas in (("OFFICE_A", "DF_JOBS", ("AA", "CC")), ("OFFICE_B", "DF_PAY", ("BB",))):
        agreement = m.ProvisionAgreement(
            f"PA_{provider}_{flow}",
            agency="TEST",
            dataflow=ref("dataflow", flow),
            provider=ref("dataproviderscheme", "DATA_PROVIDERS", provider, "1.0"),
        )
        yield agreement
        yield constraint(f"CR_{agreement.id}", agreement.ref, AREA=areas, FREQ=("A", "S", "Q", "M"))


class Small(Registry):
    """A registry that a failing property can print."""

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        printer.text("registry")


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Small({a.ref: a for a in artefacts()}, (HERE / "structures",))
