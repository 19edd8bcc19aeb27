"""Structure files that mean harm: in their XML, and in what they say."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>{doctype}'
    '<mes:Structure xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message" '
    'xmlns:str="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure" '
    'xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common">'
    "<mes:Header><mes:ID>x</mes:ID><mes:Test>false</mes:Test><mes:Prepared>2026-01-01T00:00:00Z</mes:Prepared>"
    '<mes:Sender id="X"/></mes:Header>'
)
Files = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    name: str
    code: str
    make: Callable[[], Files]


def message(inner: str, doctype: str = "") -> bytes:
    text = _HEAD.format(doctype=doctype) + f"<mes:Structures>{inner}</mes:Structures></mes:Structure>"
    return text.encode()


def codelist(
    codes: Iterable[tuple[str, str | None]] = (("A", None),),
    id_: str = "CL_X",
    extends: str = "",
    attributes: str = 'agencyID="TEST" version="1.0.0"',
    name: str = "x",
) -> str:
    name = f"<com:Name>{name}</com:Name>"
    items = "".join(
        f'<str:Code id="{code}">{name}{f"<str:Parent>{parent}</str:Parent>" if parent else ""}</str:Code>'
        for code, parent in codes
    )
    return f'<str:Codelists><str:Codelist id="{id_}" {attributes}>{name}{items}{extends}</str:Codelist></str:Codelists>'


def extension(of: str, prefix: str = "", member: str = "") -> str:
    said = f' prefix="{prefix}"' if prefix else ""
    chosen = (
        f"<str:InclusiveCodeSelection><str:MemberValue>{member}</str:MemberValue></str:InclusiveCodeSelection>"
        if member
        else ""
    )
    urn = f"urn:sdmx:org.sdmx.infomodel.codelist.Codelist=TEST:{of}(1.0.0)"
    return f"<str:CodelistExtension{said}><str:Codelist>{urn}</str:Codelist>{chosen}</str:CodelistExtension>"


def one(inner: str, doctype: str = "") -> Callable[[], Files]:
    return lambda: {"x.xml": message(inner, doctype)}


def raw(content: bytes | Callable[[], bytes]) -> Callable[[], Files]:
    return lambda: {"x.xml": content() if callable(content) else content}


def chain(length: int, last: str | None) -> str:
    """Codes each of which has the next as its parent."""
    return codelist((f"C{n}", f"C{n + 1}" if n < length - 1 else last) for n in range(length))


def doubling() -> Files:
    """Thirty lists each of which takes over the one before twice: a thousand million codes."""
    files = {"l0.xml": message(codelist(id_="L0"))}
    for n in range(1, 31):
        both = extension(f"L{n - 1}", "A") + extension(f"L{n - 1}", "B")
        files[f"l{n}.xml"] = message(codelist((), f"L{n}", both))
    return files


def patterned() -> Files:
    """A pattern that a matcher with memory of its ways would try in each of them."""
    base = codelist([("a" * 4_000 + f"b{n}", None) for n in range(20)], "L0")
    return {
        "l0.xml": message(base),
        "l1.xml": message(codelist((), "L1", extension("L1") + extension("L0", "", "%a" * 60 + "%c"))),
    }


def long_way() -> str:
    return chain(20_000, "C0")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
AGREEMENT = (
    '<str:ProvisionAgreements><str:ProvisionAgreement id="PA" agencyID="TEST" version="1.0.0"><com:Name>x</com:Name>'
    "<str:Dataflow>{urn}</str:Dataflow><str:DataProvider>{urn}</str:DataProvider>"
    "</str:ProvisionAgreement></str:ProvisionAgreements>"
)
OWN = "urn:sdmx:org.sdmx.infomodel.registry.ProvisionAgreement=TEST:PA(1.0.0)"
CONSTRAINT = (
    '<str:DataConstraints><str:DataConstraint id="CR" agencyID="TEST" version="1.0.0" role="Allowed"><com:Name>x</com:Name>'
    "<str:ConstraintAttachment><str:Dataflow>urn:sdmx:org.sdmx.infomodel.registry.DataConstraint=TEST:CR(1.0.0)</str:Dataflow>"
    "</str:ConstraintAttachment></str:DataConstraint></str:DataConstraints>"
)
DEEP = "<str:x>" * 70 + "</str:x>" * 70

CASES = [
    # what the XML itself does
    Case("DOCTYPE", "doctype", one(codelist(), "<!DOCTYPE x>")),
    Case("DOCTYPE with entities of entities", "doctype", one(codelist(name="&b;"), BOMB)),
    Case("DOCTYPE with a file", "doctype", one(codelist(name="&a;"), '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')),
    Case("DOCTYPE with an address", "doctype", one(codelist(), '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">')),
    Case("DOCTYPE with a parameter entity", "doctype", one(codelist(), '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>')),
    Case("DOCTYPE after a comment", "doctype", one(codelist(), "<!-- x --><!DOCTYPE x>")),
    Case("DOCTYPE in UTF-16", "doctype", raw(lambda: message(codelist(), "<!DOCTYPE x>").decode().replace("UTF-8", "UTF-16").encode("utf-16"))),
    Case("entity that nobody declared", "not-xml", one(codelist(name="&a;"))),
    Case("50 MiB and a byte", "too-large", raw(lambda: message(codelist()) + b" " * (50 << 20))),
    Case("a million codes", "too-large", raw(lambda: message('<str:Codelists><str:Codelist id="C" agencyID="TEST">' + '<str:Code id="A"/>' * 1_000_000 + "</str:Codelist></str:Codelists>"))),
    Case("elements 70 deep", "too-deep", one(DEEP)),
    Case("elements 100,000 deep", "not-xml", raw(lambda: b"<a>" * 100_000 + b"</a>" * 100_000)),
    Case("65 attributes", "too-large", one(codelist(attributes='agencyID="TEST" version="1.0.0" ' + " ".join(f'a{n}="1"' for n in range(63))))),
    Case("100,000 attributes", "too-large", one(codelist(attributes=" ".join(f'a{n}="1"' for n in range(100_000))))),
    Case("a text of 1 MiB and a letter", "too-large", one(codelist(name="x" * (1024 * 1024 + 1)))),
    Case("an attribute of 2 MiB", "too-large", one(codelist(attributes=f'agencyID="{"T" * (2 << 20)}"'))),
    Case("a text of 11 MiB", "not-xml", one(codelist(name="x" * (11 << 20)))),
    Case("nothing", "not-xml", raw(b"")),
    Case("a program", "not-xml", raw(b"\x7fELF\0\0\0")),
    Case("gzip", "not-xml", raw(lambda: gzip.compress(message(codelist())))),
    Case("cut off", "not-xml", raw(lambda: message(codelist())[:-20])),
    Case("NUL", "not-xml", one(codelist(name="x\0y"))),
    Case("bytes that are not UTF-8", "not-xml", raw(lambda: message(codelist()).replace(b">x<", b">\xff<", 1))),
    Case("another encoding than it says", "not-xml", raw(lambda: message(codelist(name="\u0e01")).replace(b"UTF-8", b"ascii"))),
    Case("an encoding that nobody knows", "not-xml", raw(lambda: message(codelist()).replace(b"UTF-8", b"x-none"))),
    Case("HTML", "not-structure", raw(b"<html><body/></html>")),
    Case("inclusion of a file", "schema", one('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>')),
    # what it says
    Case("its own parent", "parent-cycle", one(codelist([("A", "A")]))),
    Case("parents in a circle", "parent-cycle", one(codelist([("A", "B"), ("B", "A")]))),
    Case("20,000 parents in a circle", "parent-cycle", lambda: {"x.xml": message(long_way())}),
    Case("a parent that is not there", "missing-parent", lambda: {"x.xml": message(chain(1_000, "NOWHERE"))}),
    Case("a list that extends itself", "extension-cycle", one(codelist(extends=extension("CL_X")))),
    Case("lists that extend each other", "extension-cycle", lambda: {"a.xml": message(codelist(id_="A", extends=extension("B"))), "b.xml": message(codelist(id_="B", extends=extension("A")))}),
    Case("lists that double each other thirty times", "too-large", doubling),
    Case("a pattern of sixty wildcards", "extension-cycle", patterned),
    Case("an agreement about itself", "wrong-kind", one(AGREEMENT.format(urn=OWN))),
    Case("a constraint on itself", "wrong-kind", one(CONSTRAINT)),
    Case("one version with two contents", "duplicate-artefact", lambda: {"a.xml": message(codelist(name="x")), "b.xml": message(codelist(name="y"))}),
    Case("a code twice", "duplicate-item", one(codelist([("A", None), ("A", None)]))),
    Case("URN of another agency", "urn-differs", one(codelist(attributes='agencyID="TEST" version="1.0.0" urn="urn:sdmx:org.sdmx.infomodel.codelist.Codelist=SDMX:CL_X(1.0.0)"'))),
    Case("URN of an earlier version", "urn-differs", one(codelist(attributes='agencyID="TEST" version="2.0.0" urn="urn:sdmx:org.sdmx.infomodel.codelist.Codelist=TEST:CL_X(1.0.0)"'))),
    Case("an agency that only looks like one", "illegal-id", one(codelist(attributes='agencyID="SDM\u0425" version="1.0.0"'))),
    Case("an agency with a path", "illegal-id", one(codelist(attributes='agencyID="../SDMX" version="1.0.0"'))),
    Case("an agency that is in no scheme", "unknown-agency", one(codelist(attributes='agencyID="NOBODY" version="1.0.0"'))),
    Case("a version that is none", "illegal-version", one(codelist(attributes='agencyID="TEST" version="1.0.0/../2"'))),
    Case("an address instead of a URN", "bad-urn", one(AGREEMENT.format(urn="http://127.0.0.1:9/x"))),
]  # fmt: skip
