"""What blocks have to do with each other: shared names, references, domains."""

from collections.abc import Iterable, Mapping

from agencyfile.fields.account_names import account_label
from agencyfile.fields.wording import nearest, shown
from agencyfile.language.agency import AgencyHead
from agencyfile.language.declarations import Declaration
from agencyfile.language.document import Block, Items, inner
from agencyfile.language.names import host_key
from agencyfile.language.report import Report
from plan.address import Address, Origin

Names = Mapping[str, Mapping[str, Origin]]


def check_relations(
    found: list[Declaration], head: AgencyHead, root: Block, report: Report, *, is_complete: bool
) -> None:
    """Check names, domains and APIs; and references, unless what they name may stand where nothing could be read."""
    _check_names(found, report)
    _check_domains(found, report)
    _check_apis(found, report)
    if is_complete or not report.has_errors:
        _check_references(found, head, root, report)


def _check_names(found: Iterable[Declaration], report: Report) -> None:
    """Sandboxes and accounts share the portal's host names; other kinds have names of their own."""
    first: dict[tuple[str, str], Declaration] = {}
    for declaration in found:
        name = declaration.address.name
        other = first.setdefault(host_key(declaration.address), declaration)
        if other is not declaration:
            report.add(
                "duplicate-name",
                declaration.place.key_at,
                f"{shown(name)} is declared at {other.place.key_at} already, as {other.address}.",
                address=declaration.address,
            )


def _check_domains(found: Iterable[Declaration], report: Report) -> None:
    """Each account has its own sub-domain (`portal.md` rule 52)."""
    first: dict[str, Origin] = {}
    for declaration in found:
        domain = declaration.text("domain") if declaration.section == "accounts" else None
        if domain is None:
            continue
        origin = declaration.block.values_at["domain"]
        other = first.setdefault(domain.lower(), origin)
        if other is not origin:
            report.add(
                "domain-duplicate",
                origin,
                f"{shown(domain)} is the domain at {other} already.",
                address=declaration.address,
            )


def _check_apis(found: Iterable[Declaration], report: Report) -> None:
    """Each account has an API of its own (`portal.md` section 3); what goes to one must not arrive at another."""
    first: dict[str, Declaration] = {}
    for declaration in found:
        words = declaration.words
        if declaration.section != "accounts" or words is None or "api" not in words:
            continue
        api = words["api"]
        other = first.setdefault(api["url"].lower(), declaration)
        if other is not declaration:
            report.add(
                "api-shared",
                declaration.place.value_origin(("api", "url")),
                f"The address is that of {other.address} too: its templates and branding would go to the same account.",
                address=declaration.address,
            )


def _check_references(found: list[Declaration], head: AgencyHead, root: Block, report: Report) -> None:
    names = _names(found)
    _check_list(inner(root, "agency", "account_settings"), None, names, report)
    for declaration in found:
        if declaration.section == "accounts":
            _check_reference(declaration, "snapshot", declaration.text("snapshot"), names, report)
            if "templates" in declaration.block:
                _check_list(declaration.block, declaration.address, names, report)
        elif declaration.section == "snapshots":
            _check_source(declaration, names, report)
    for words in head.defaults.values():
        target = words.values.get("snapshot")
        if target is not None:
            _report_dangling(target, "snapshot", words.block.values_at["snapshot"], names, report, None)


def _names(found: Iterable[Declaration]) -> dict[str, dict[str, Origin]]:
    names: dict[str, dict[str, Origin]] = {"sandbox": {}, "snapshot": {}, "template": {}, "account": {}}
    for declaration in found:
        kind, name = declaration.address
        names[kind][name] = declaration.place.key_at
        if kind == "sandbox":
            names[kind].setdefault(account_label(name), declaration.place.key_at)  # what its name should be
    return names


def _check_source(declaration: Declaration, names: Names, report: Report) -> None:
    """The source of a snapshot is a sandbox of the same file (`portal.md` rule 12)."""
    target = declaration.text("sandbox")
    if target is not None and target not in names["sandbox"] and target in names["account"]:
        report.add(
            "snapshot-source",
            declaration.block.values_at["sandbox"],
            f"{shown(target)} is an account. The portal takes snapshots of sandboxes only.",
            address=declaration.address,
        )
        return
    _check_reference(declaration, "sandbox", target, names, report)


def _check_reference(declaration: Declaration, kind: str, target: str | None, names: Names, report: Report) -> None:
    if target is not None and target not in names[kind]:
        origin = declaration.block.values_at[kind]
        _report_dangling(target, kind, origin, names, report, declaration.address)


def _check_list(block: Block, address: Address | None, names: Names, report: Report) -> None:
    """Templates are declared, and each is named once."""
    items = block.get("templates")
    if not isinstance(items, Items):
        return
    first: dict[str, Origin] = {}
    for name, origin in zip(items, items.values_at, strict=True):
        if not isinstance(name, str):
            continue
        _report_dangling(name, "template", origin, names, report, address)
        other = first.setdefault(name, origin)
        if other is not origin:
            detail = f"{shown(name)} stands at {other} already."
            report.add("list-duplicate", origin, detail, address=address)


def _report_dangling(
    target: str, kind: str, origin: Origin, names: Names, report: Report, address: Address | None
) -> None:
    if target in names[kind]:
        return
    guess = nearest(target, names[kind])
    report.add(
        "dangling-reference",
        origin,
        f"No {kind} named {shown(target)} is declared.",
        fix=f"did you mean {guess}?" if guess else "",
        address=address,
    )
