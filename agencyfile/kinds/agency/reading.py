"""Settings from the block of the agency, and checks that need several of its keys."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agencyfile.declarations.folder import is_inside
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.kinds.agency.settings import (
    LEDGER,
    MOST_CHANGED,
    MOST_VANISHED,
    PORTAL_KEYS,
    Budgets,
    ContactSource,
    Notify,
    PortalSettings,
    Reconcile,
    Review,
    Settings,
    Wait,
)
from plan.money import Money
from plan.values import Secret


def make_settings(
    agency: Mapping[str, Any], place: Place, folder: Path, environ: Mapping[str, str], report: Report
) -> Settings:
    """Return the settings of a valid block. `place` is the root of the file in `folder`."""
    ledger = agency.get("ledger", LEDGER)
    _check_ledger(ledger, folder, place, report)
    settings = Settings(
        name=agency["name"],
        portal=_portal(agency.get("portal", {}), place, environ, report),
        ledger=ledger,
        recipients=tuple(agency.get("credentials", {}).get("recipients", ())),
        signers=tuple(agency.get("signers", ())),
        budgets=_budgets(agency.get("budgets", {}), place, report),
        reconcile=Reconcile(**agency.get("reconcile", {})),
        review=_review(agency.get("review", {})),
        contacts=_contacts(agency.get("contacts", {}), folder, place, report),
    )
    if "notify" in agency:
        settings = replace(settings, notify=_notify(agency["notify"]))
    lease = agency.get("lease", {})
    return replace(settings, lease=lease["duration"]) if lease else settings


def _contacts(words: Mapping[str, str], folder: Path, place: Place, report: Report) -> ContactSource:
    source = ContactSource(**words)
    if source.export and not is_inside(folder / source.export, folder):
        report.add(
            "contacts-export-location",
            place.value_origin(("agency", "contacts", "export")),
            "The path of the export follows a link that leads out of the agency file's folder.",
        )
    return source


def _notify(words: Mapping[str, Any]) -> Notify:
    given = dict(words)
    if "events" in given:
        given["events"] = tuple(sorted(set(given["events"])))
    return Notify(**given)


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
    named = [(name, words[name]) for name in ("per_apply", "per_month", "max_monthly") if name in words]
    for name, other in named[1:]:
        first, one = named[0]
        if one.currency != other.currency:
            report.add(
                "budget-currency",
                place.value_origin(("agency", "budgets", name)),
                f"{first} is in {one.currency} and {name} in {other.currency}: they cannot be compared.",
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
