"""The settings that hold now: the stricter of what the file declares and what the ledger recorded at the last apply.

A changed setting holds from the apply on that records it. Until then it must not loosen anything.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from plan import Address, Money, Plan
from plan.ledger import Entry, EntryType
from plan.ledger.bodies import SentBody
from plan.values import Attributes, Value, attributes_from_plain

if TYPE_CHECKING:
    from agencyfile.kinds.agency.settings import Notify
    from agencyfile.language import Settings


def stricter(settings: "Settings", recorded: Attributes | None) -> "Settings":
    """`settings`, with each guard as strict as it is in either of both; `recorded` is None where nothing is.

    Recipients are not among them: an apply records new recipients before it seals the first password to them.

    Raises:
        CommandExit: what the ledger recorded cannot be read.
    """
    if recorded is None:
        return settings
    try:
        return _stricter(settings, recorded)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise CommandExit(
            ExitCode.ERROR,
            f"the settings that the ledger recorded cannot be read ({type(error).__name__})",
            fix="agencyfile ledger verify",
        ) from None


def recipients_now(settings: "Settings", recorded: Attributes | None, plan: Plan) -> tuple[str, ...]:
    """Return the recipients of new passwords in an apply of `plan`.

    A plan that changes who they are records that first. Without such a change a recipient must be recorded too.
    """
    if recorded is None or any(step.is_guard for step in plan.steps):
        return settings.recipients
    known = _texts(recorded.get("credentials.recipients"))
    return tuple(one for one in settings.recipients if one in known)


def recorded_recipients(settings: "Settings", recorded: Attributes | None) -> tuple[str, ...]:
    """Return whom passwords that are kept may be sealed to anew: the recipients, once an apply has recorded them all.

    Raises:
        CommandExit: a recipient is declared, and no apply has recorded it: nobody may have reviewed it.
    """
    known = None if recorded is None else _texts(recorded.get("credentials.recipients"))
    new = [one for one in settings.recipients if known is not None and one not in known]
    if new:
        raise CommandExit(
            ExitCode.APPROVAL,
            f"no apply has recorded {', '.join(map(one_line, new))} as a recipient yet",
            fix="apply the changed settings first (agencyfile plan shows them)",
        )
    return settings.recipients


def notify_now(settings: "Settings", recorded: Attributes | None) -> "Notify | None":
    """Return who is told of runs: the declared receiver, once an apply has recorded exactly it.

    A pull request is planned before anybody has reviewed it. So its file does not choose who learns of the plan.
    """
    from agencyfile.kinds.agency.resource import notify_attributes  # noqa: PLC0415 - the language is loaded by now

    if settings.notify is None or recorded is None:
        return None
    declared = notify_attributes(settings.notify)
    return settings.notify if all(recorded.get(name) == value for name, value in declared.items()) else None


def signers_now(settings: "Settings", recorded: Attributes | None) -> tuple[str, ...] | None:
    """Return the present signers, or None if signing was never declared.

    New signers count once an apply has recorded them; removed signers count no more. If no signer is left, no signature
    counts until a person corrects the file.
    """
    declared, known = settings.signers, _texts((recorded or {}).get("signers"))
    if not known:
        return declared or None
    return tuple(one for one in known if one in declared) if declared else known


def signers_ever(settings: "Settings", address: Address, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Everybody who is a signer, or was one when settings were recorded."""
    recorded = (
        _texts(attributes_from_plain(cast(SentBody, entry.body)["sent"]).get("signers"))
        for entry in entries
        if entry.type is EntryType.APPLIED and entry.address == address
    )
    return tuple(dict.fromkeys([*settings.signers, *(one for some in recorded for one in some)]))


def _stricter(settings: "Settings", recorded: Attributes) -> "Settings":
    budgets, reconcile, review = settings.budgets, settings.reconcile, settings.review
    return replace(
        settings,
        budgets=replace(
            budgets,
            per_apply=_smaller(budgets.per_apply, recorded.get("budgets.per_apply")),
            per_month=_smaller(budgets.per_month, recorded.get("budgets.per_month")),
            max_monthly=_smaller(budgets.max_monthly, recorded.get("budgets.max_monthly")),
        ),
        reconcile=replace(
            reconcile,
            settle=max(reconcile.settle, _number(recorded.get("reconcile.settle")) or 0.0),
            resend=reconcile.resend and recorded.get("reconcile.resend") is True,
        ),
        review=replace(
            review,
            max_changed_share=_smaller_share(
                review.max_changed_share, _number(recorded.get("review.max_changed_share"))
            ),
            max_vanished_share=min(review.max_vanished_share, _vanished(recorded)),
            approval=tuple(sorted({*review.approval, *_texts(recorded.get("review.approval"))})),
        ),
        portal=replace(
            settings.portal,
            account_login=settings.portal.account_login and recorded.get("portal.account_login") is True,
            fetch_account_keys=(
                settings.portal.fetch_account_keys and recorded.get("portal.fetch_account_keys") is True
            ),
        ),
    )


def _smaller(declared: Money | None, recorded: Value) -> Money | None:
    """The smaller budget. Two currencies cannot be compared: then the recorded one holds until the other is applied."""
    before = None if recorded is None else Money.parse(str(recorded))
    if declared is None or before is None:
        return declared or before
    return min(declared, before) if declared.currency == before.currency else before


def _smaller_share(declared: float | None, recorded: float | None) -> float | None:
    known = [share for share in (declared, recorded) if share is not None]
    return min(known, default=None)


def _vanished(recorded: Attributes) -> float:
    share = _number(recorded.get("review.max_vanished_share"))
    return 1.0 if share is None else share


def _number(value: Value) -> float | None:
    if value is None or isinstance(value, int | float):
        return value
    raise TypeError("not a number")


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()
