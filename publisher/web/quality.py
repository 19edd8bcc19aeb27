"""Quality reports (SDMX metadata sets) as people read them, and which there are on what a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from publisher.formats import METADATA
from publisher.release.naming import dataset_name, slug
from publisher.structures import model as m
from publisher.structures.definition import Resolved
from publisher.structures.registry import Registry
from publisher.structures.reports import metadataflow_of, structure_of
from publisher.structures.resolve import resolved_component
from publisher.structures.urns import Ref, parse
from publisher.web.context import Lmis
from publisher.web.names import Names
from publisher.web.preview import label

NEWEST = ("~",)  # of the versions of a report
# Part of a media type → what people call the format.
FORMATS = {"+json": "SDMX-JSON", "+csv": "SDMX-CSV", "+xml": "SDMX-ML"}


@dataclass(frozen=True)
class Value:
    text: str
    url: str = ""  # the text is an address
    language: str = ""  # when it is not that of the page


@dataclass(frozen=True)
class Answer:
    """What a report says to one concept, and to those below it."""

    name: str
    values: tuple[Value, ...]
    below: tuple[Answer, ...]


@dataclass(frozen=True)
class Target:
    name: str
    path: str  # of its page; "" when it has none


@dataclass(frozen=True)
class View:
    report: m.MetadataSet
    provider: str
    metadataflow: m.Metadataflow | None
    answers: tuple[Answer, ...]
    targets: tuple[Target, ...]
    downloads: tuple[tuple[str, str], ...]  # name of the format, address


def find(registry: Registry, id: str = "*", provider: str = "*") -> tuple[m.MetadataSet, ...]:
    """The newest version of each report of an id, which several providers may use."""
    return registry.metadatasets([provider], [id], NEWEST)


def on_dataflow(registry: Registry, flows: Iterable[Ref], providers: Iterable[str]) -> list[m.MetadataSet]:
    """Reports for who reads the data of `providers` in any of `flows`, each once."""
    pairs = [(flow, provider) for flow in flows for provider in providers]
    return _newest(report for flow, provider in pairs for report in registry.reports_of(flow, provider))


def on_provider(registry: Registry, name: str) -> list[m.MetadataSet]:
    """Reports on the data provider that the catalogue calls `name`, and on what it delivers."""
    found = [a for a in registry.find("provisionagreement") if isinstance(a, m.ProvisionAgreement)]
    mine = [a for a in found if a.provider and slug(a.provider.item or "") == name]
    targets = [ref for a in mine for ref in (a.ref, a.provider) if ref]
    return _newest(registry.metadatasets_on(targets))


def _newest(reports: Iterable[m.MetadataSet]) -> list[m.MetadataSet]:
    """Of each report the newest version: they come by age."""
    return list({(report.agency, report.id): report for report in reports}.values())


def provider_name(registry: Registry, report: m.MetadataSet, names: Names) -> str:
    """The name of the metadata provider, its id where it has none."""
    schemes = registry.find("metadataproviderscheme")
    items = [
        s.items[report.agency] for s in schemes if isinstance(s, m.ItemScheme) and report.agency in s.items
    ]
    return (names.words.name(items[0].name) if items else "") or report.agency


def build(lmis: Lmis, names: Names, report: m.MetadataSet) -> View:
    registry = names.registry
    flow = metadataflow_of(registry, report)
    about = registry.get(flow) if flow else None
    structure = structure_of(registry, flow)
    asked = structure.attributes if structure else ()
    return View(
        report,
        provider_name(registry, report, names),
        about if isinstance(about, m.Metadataflow) else None,
        tuple(_answers(names, report.attributes, asked)),
        tuple(_targets(names, report, _pages(lmis))),
        tuple(_downloads(report)),
    )


def _pages(lmis: Lmis) -> frozenset[str]:
    """The paths of the pages of providers and datasets."""
    actions = {"organization": "organization_list", "dataset": "package_list"}
    return frozenset(f"/{page}/{name}" for page, action in actions.items() for name in lmis.ask(action))


def _answers(
    names: Names, said: tuple[m.ReportedAttribute, ...], asked: tuple[m.MetadataAttribute, ...]
) -> Iterator[Answer]:
    """In the order of the structure; what was answered several times as several values."""
    for attribute in asked:
        mine = [answer for answer in said if answer.id == attribute.id]
        if not mine:
            continue
        component = resolved_component(names.registry, attribute)
        values = [
            _value(names, answer, component) for answer in mine if answer.text or answer.value is not None
        ]
        below = tuple(part for answer in mine for part in answer.attributes)
        yield Answer(
            names.words.name(component.name) or attribute.id,
            tuple(values),
            tuple(_answers(names, below, attribute.attributes)),
        )


def _value(names: Names, answer: m.ReportedAttribute, component: Resolved) -> Value:
    if not answer.text:
        value = answer.value or ""
        url = value if value.startswith(("https://", "http://")) else ""
        return Value(label(component, value, names.words), url)
    text = names.words.name(answer.text)
    language = next(tag for tag, said in answer.text.items() if said == text)
    is_own = answer.text.get(names.words.language) == text
    plain = Markup(text).striptags() if answer.is_structured else text
    return Value(plain, language="" if is_own else language)


def _targets(names: Names, report: m.MetadataSet, pages: frozenset[str]) -> Iterator[Target]:
    for target in report.targets:
        ref = parse(target) if "*" not in target else None
        whole = names.registry.resolve(ref) if ref else None
        if ref is None or whole is None:
            yield Target(target.partition("=")[2] or target, "")
            continue
        name, path = _target(names, ref, names.registry.artefacts[whole])
        yield Target(name, path if path in pages else "")


def _target(names: Names, ref: Ref, artefact: m.Maintainable) -> tuple[str, str]:
    """A provider and its page, an agreement and the dataset that it is for, anything else by its name."""
    item = artefact.items.get(ref.item or "") if isinstance(artefact, m.DataProviderScheme) else None
    if item is not None:
        return names.words.name(item.name) or item.id, f"/organization/{slug(item.id)}"
    if isinstance(artefact, m.ProvisionAgreement) and artefact.dataflow and artefact.provider:
        name = dataset_name(artefact.provider.item or "", artefact.dataflow)
        title = names.words.name(names.registry.get(artefact.dataflow).name)
        return title or artefact.dataflow.id, f"/dataset/{name}"
    return names.words.name(artefact.name) or ref.short, ""


def _downloads(report: m.MetadataSet) -> Iterator[tuple[str, str]]:
    """The report from the SDMX service, in each format."""
    place = "/".join(quote(part) for part in (report.agency, report.id, report.version))
    for content_type, row in METADATA.items():
        name = next((name for end, name in FORMATS.items() if row.media_type.endswith(end)), row.media_type)
        version = row.version.removesuffix(".0")
        address = f"/sdmx/v2/metadata/metadataset/{place}?format={quote(content_type, safe='/;=')}"
        yield f"{name} {version}", address
