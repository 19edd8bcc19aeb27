"""Every kind of page for people, one address each; a page without a row fails `test_every_page_is_judged`."""

from __future__ import annotations

# endpoint of the route → what follows the language
PAGES: dict[str, str] = {
    "pages.home": "/",
    "pages.dataset_list": "/dataset?q=pengangguran&country=IDN",
    "pages.dataset": "/dataset/mys-dosm-df-une",
    "pages.explore_list": "/explore",
    "pages.explorer": "/explore/DF_UNE?c[FREQ]=A&c[INDICATOR]=UNE_DEAP_RT&c[SEX]=_T&c[AGE]=Y_GE15"
    "&c[SOURCE]=WDI_ILO_MOD&lastNObservations=10",
    "pages.organization_list": "/organization",
    "pages.organization": "/organization/mys-dosm",
    "pages.group_list": "/group",
    "pages.group": "/group/unemployment",
    "pages.releases": "/releases",
    "pages.release": "/releases/mys-dosm-2025-10",
    "pages.lineage": "/releases/mys-dosm-2025-10/lineage",
    "pages.then": "/at/2025-06-12",
    "pages.factsheets": "/factsheets",
    "pages.factsheet": "/factsheets/IDN",
    "pages.report_list": "/quality",
    "pages.report": "/quality/QUALITY_MYS_DOSM",
    "pages.docs": "/docs",
    "pages.embedded": "/embed/DF_UNE?c[FREQ]=A&c[INDICATOR]=UNE_DEAP_RT&c[SEX]=_T&c[AGE]=Y_GE15"
    "&c[SOURCE]=WDI_ILO_MOD&lastNObservations=10",
}
# Shown in one language, at an address without one.
SINGLE: dict[str, str] = {"api.browse": "/docs/api", "api.conformance": "/conformance"}
# No page of their own: they lead to one, or answer a program.
PAST = ("choose", "sheet_then", "sheet_then_pdf", "file_then", "file_of", "latest")
PRINTS = ("factsheet_pdf", "edition_pdf")
ELSEWHERE = frozenset(f"pages.{name}" for name in (*PAST, *PRINTS)) | frozenset(
    f"pages.{name}"
    for name in (
        "factsheet_pdf",
        "edition_pdf",
        "sheet_then_pdf",
        "unprefixed",
        "changes",
        "origins",
        "edition",
        "taken",
        "labelled",
        "drawn",
        "suggested",
    )
)
