"""The head of the root file: settings of the agency, and the defaults of its blocks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from agencyfile.fields.vocabulary import PARTS
from agencyfile.language.defaults import NOTHING, Words, salvaged_defaults
from agencyfile.language.document import Block
from agencyfile.language.environment import PORTAL_KEYS, check_portal_keys
from agencyfile.language.files import is_inside
from agencyfile.language.models.file import Head
from agencyfile.language.problems import Place, validated
from agencyfile.language.report import MOST, Report
from agencyfile.language.settings import (
    LEDGER,
    MOST_CHANGED,
    MOST_VANISHED,
    Budgets,
    PortalSettings,
    Reconcile,
    Review,
    Settings,
    Wait,
)
from plan.money import Money
from plan.values import Secret

_HEAD: Final = ("version", "agency", "include", "defaults", "ignore")


@dataclass(frozen=True, slots=True)
class AgencyHead:
    """What the head of the root file holds, as far as it is right.

    `defaults` holds, by kind, the words that blocks inherit, and the block that they stand in: what is in the
    block and not among the words is wrong. `knows_defaults` is False when not even the blocks are known.
    `account_settings` are the portal's default account settings, `ignore` the patterns of what no plan looks at.
    """

    settings: Settings | None
    defaults: Mapping[str, Words]
    knows_defaults: bool
    account_settings: Words = NOTHING
    ignore: tuple[str, ...] = ()


@cache
def _head_adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Head)


def read_head(root: Place, path: Path, environ: Mapping[str, str], report: Report) -> AgencyHead:
    """Validate everything in the root file but its blocks."""
    head = Block()
    for key, value in root.block.items():
        if key not in PARTS and (len(head) < MOST or key in _HEAD):
            head[key] = value
            head.keys_at[key], head.values_at[key] = root.block.keys_at[key], root.block.values_at[key]
    place = Place(head, (), root.key_at)
    words = validated(_head_adapter(), place, report)
    check_portal_keys(place, environ, report)
    if words is None:
        return AgencyHead(None, *salvaged_defaults(head))
    settings = _settings(words["agency"], place, path, environ, report)
    defaults = {kind: Words(values, head["defaults"][kind]) for kind, values in words.get("defaults", {}).items()}
    account_settings = _account_settings(words["agency"], head["agency"])
    ignore = tuple(words.get("ignore", ()))
    return AgencyHead(settings, defaults, knows_defaults=True, account_settings=account_settings, ignore=ignore)


def _account_settings(agency: Mapping[str, Any], block: Block) -> Words:
    word = "account_settings"
    return Words(agency[word], block[word]) if word in agency else NOTHING


def _settings(
    agency: Mapping[str, Any], place: Place, path: Path, environ: Mapping[str, str], report: Report
) -> Settings:
    ledger = agency.get("ledger", LEDGER)
    _check_ledger(ledger, path.parent, place, report)
    settings = Settings(
        name=agency["name"],
        portal=_portal(agency.get("portal", {}), place, environ, report),
        ledger=ledger,
        recipients=tuple(agency.get("credentials", {}).get("recipients", ())),
        signers=tuple(agency.get("signers", ())),
        budgets=_budgets(agency.get("budgets", {}), place, report),
        reconcile=Reconcile(**agency.get("reconcile", {})),
        review=_review(agency.get("review", {})),
    )
    lease = agency.get("lease", {})
    return replace(settings, lease=lease["duration"]) if lease else settings


def _review(words: Mapping[str, Any]) -> Review:
    share: float = words.get("max_changed_share", MOST_CHANGED)
    return Review(
        max_changed_share=share if share < 1 else None,
        max_vanished_share=words.get("max_vanished_share", MOST_VANISHED),
        approval=tuple(words.get("approval", ())),
    )


def _check_ledger(ledger: str, folder: Path, place: Place, report: Report) -> None:
    scheme, _, path = ledger.partition(":")
    if scheme == "file" and not is_inside(folder / path, folder):
        report.add(
            "ledger-location",
            place.value_origin(("agency", "ledger")),
            "The ledger's path follows a link that leads out of the agency file's folder.",
        )


def _budgets(words: Mapping[str, Money], place: Place, report: Report) -> Budgets:
    budgets = Budgets(**words)
    one, other = budgets.per_apply, budgets.per_month
    if one and other and one.currency != other.currency:
        report.add(
            "budget-currency",
            place.value_origin(("agency", "budgets", "per_month")),
            f"per_apply is in {one.currency} and per_month in {other.currency}: they cannot be compared.",
            fix=f"write both in {one.currency}, or both in {other.currency}",
        )
    return budgets


def _portal(portal: Mapping[str, Any], place: Place, environ: Mapping[str, str], report: Report) -> PortalSettings:
    words = dict(portal)
    words["plan_ids"] = {plan: str(number) for plan, number in portal.get("plan_ids", {}).items()}
    words["wait"] = _wait(portal.get("wait", {}), place, report)
    for key in PORTAL_KEYS:
        if key in portal:
            words[key] = Secret(environ.get(portal[key], ""))
    return PortalSettings(**words)


def _wait(words: Mapping[str, float], place: Place, report: Report) -> Wait:
    wait = Wait(**words)
    if not wait.first <= wait.most <= wait.timeout:
        report.add(
            "wait-order",
            place.value_origin(("agency", "portal", "wait")),
            f"first is {wait.first:g} s, most is {wait.most:g} s and timeout is {wait.timeout:g} s.",
        )
    return wait
