"""Earlier names of blocks, in `previously`."""

from collections.abc import Iterable

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import shown
from agencyfile.language.names import check_name, host_key
from plan.address import Address, Origin


def check_renames(found: Iterable[Declaration], report: Report) -> None:
    """Report earlier names of the wrong form, and earlier names that are or were the name of another block."""
    renamed = [one for one in found if "previously" in one.place.block and one.text("previously") is not None]
    declared = {host_key(one.address): one for one in found} if renamed else {}
    first: dict[tuple[str, str], Declaration] = {}
    for declaration in renamed:
        kind, name = declaration.address
        previous = Address(kind, declaration.text("previously") or "")
        origin = declaration.block.values_at["previously"]
        check_name(previous, origin, report, owner=declaration.address)
        other = first.setdefault(host_key(previous), declaration)
        holder = declared.get(host_key(previous))
        if previous.name == name:
            detail = f"{declaration.address} was not {shown(name)} before: that is its name."
            report.add("previously-self", origin, detail, address=declaration.address)
        elif holder is not None and holder is not declaration:
            _report(
                declaration, "previously-declared", f"is declared at {holder.place.key_at} as {holder.address}", report
            )
        elif other is not declaration:
            _report(
                declaration,
                "previously-duplicate",
                f"is the earlier name of {other.address} at {_at(other)} too",
                report,
            )


def _at(declaration: Declaration) -> Origin:
    return declaration.block.values_at["previously"]


def _report(declaration: Declaration, rule: str, how: str, report: Report) -> None:
    detail = f"{shown(declaration.text('previously'))} {how}: one object cannot become two."
    report.add(rule, _at(declaration), detail, address=declaration.address)
