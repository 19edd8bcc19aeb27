"""Schemes of the Validation and Transformation Language (VTL): transformations and what they use.

Source: SDMX 3.0 section 2, "Validation and Transformation Language".
"""

from __future__ import annotations

from dataclasses import dataclass

from publisher.structures.model_base import Item, ItemScheme
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class VtlScheme(ItemScheme):
    vtl_version: str = "2.0"


@dataclass(frozen=True)
class Transformation(Item):
    expression: str = ""
    result: str = ""
    is_persistent: bool = False


@dataclass(frozen=True)
class TransformationScheme(VtlScheme):
    kind = "transformationscheme"
    mapping_scheme: Ref | None = None
    name_scheme: Ref | None = None
    type_scheme: Ref | None = None
    ruleset_schemes: tuple[Ref, ...] = ()
    operator_schemes: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Ruleset(Item):
    definition: str = ""
    type: str = ""  # datapoint | hierarchical
    scope: str = ""  # variable | valuedomain


@dataclass(frozen=True)
class RulesetScheme(VtlScheme):
    kind = "rulesetscheme"
    mapping_scheme: Ref | None = None


@dataclass(frozen=True)
class UserDefinedOperator(Item):
    definition: str = ""


@dataclass(frozen=True)
class UserDefinedOperatorScheme(VtlScheme):
    kind = "userdefinedoperatorscheme"
    mapping_scheme: Ref | None = None
    ruleset_schemes: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class CustomType(Item):
    scalar_type: str = ""
    data_type: str = ""
    literal_format: str | None = None
    output_format: str | None = None
    null_value: str | None = None


@dataclass(frozen=True)
class CustomTypeScheme(VtlScheme):
    kind = "customtypescheme"


@dataclass(frozen=True)
class NamePersonalisation(Item):
    default_name: str = ""
    personalised_name: str = ""
    artefact: str = ""


@dataclass(frozen=True)
class NamePersonalisationScheme(VtlScheme):
    kind = "namepersonalisationscheme"


@dataclass(frozen=True)
class VtlSpace:
    """How a dataflow goes to VTL, or comes from it: the method, and the dimensions of a part."""

    method: str | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class VtlMapping(Item):
    """The alias of a dataflow, code list or concept in VTL; of none of them: of every dataflow."""

    alias: str = ""
    dataflow: Ref | None = None
    codelist: Ref | None = None
    concept: Ref | None = None
    to_vtl: VtlSpace | None = None
    from_vtl: VtlSpace | None = None

    @property
    def is_generic(self) -> bool:
        return not (self.dataflow or self.codelist or self.concept)


@dataclass(frozen=True)
class VtlMappingScheme(ItemScheme):
    kind = "vtlmappingscheme"
