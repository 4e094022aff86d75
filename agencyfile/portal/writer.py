"""The half of the provider that changes the portal: a call in, an outcome out."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from agencyfile.fields.account_names import account_label, login_url
from agencyfile.portal.account_writer import APIS, AccountWriter
from agencyfile.portal.apis.hub_api import CHILD_ACCOUNTS, SNAPSHOTS
from agencyfile.portal.apis.hub_order import make_order
from agencyfile.portal.apis.limited import is_own_limit
from agencyfile.portal.apis.operations import OPERATIONS
from agencyfile.portal.apis.own_answers import check_repeated
from agencyfile.portal.connection import Connection
from agencyfile.portal.http.faults import Declined, Fault, NotSent, Unclear
from agencyfile.portal.http.sending import Decode
from agencyfile.portal.http.transport import Answer, Request
from agencyfile.portal.reconciliation.investigation import Investigation
from plan.call import Call, Confirmed, Credential, Outcome, Refused, Unknown
from plan.errors import PortalError
from plan.ledger.history import OpenIntent
from plan.values import Reference, Secret, Value

Judge = Decode[Outcome]

_SNAPSHOT_ID: Final = re.compile("[1-9][0-9]{0,18}")  # portal.md 1.8


class PortalWriter:
    """Sends calls; safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, call: Call) -> Outcome:
        """Send one call whose references are resolved.

        A call that is not repeatable is sent exactly once, on a fresh connection; again only where the portal answers
        429 in its own form and shows nothing of the call. A repeatable one is sent until its answer is clear, a few
        times at most.
        """
        try:
            outcome = self._carry_out(call)
        except NotSent as fault:
            return Refused(_with_fix(f"not sent: {fault}", fault.fix))
        except Declined as fault:
            return Refused(_with_fix(str(fault), fault.fix))
        except Unclear as fault:
            return Unknown(str(fault))
        if isinstance(outcome, Confirmed):
            self._connection.grants.tell_of_repetition(call)
            self._connection.accounts.remember(account_label(call.address.name), outcome.credential)
        return outcome

    def _carry_out(self, call: Call) -> Outcome:
        def took_nothing(answer: Answer) -> bool:
            return is_own_limit(call.api, answer) and self._shows_nothing(call)

        if call.api in APIS:
            return AccountWriter(self._connection.accounts).send(call, took_nothing)
        request, judge = self._prepared(call)
        sending = self._connection.sending
        return sending.repeat(request, judge) if call.is_repeatable else sending.once(request, judge, took_nothing)

    def _shows_nothing(self, call: Call) -> bool:
        """Look after a 429: is every signal there, and none of them shows the call?

        Objects that were there before count too. Then the call is not sent again, and reconciliation tells them apart.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        intent = OpenIntent(0, call.address, call.operation, now, "", parameters=call.parameters)
        try:
            seen = Investigation(self._connection.lists(), self._connection.questions()).signals([intent])[call.address]
        except (PortalError, Fault):
            return False
        return seen.is_visible and not (seen.matches or seen.busy or seen.doubts)

    def _prepared(self, call: Call) -> tuple[Request, Judge]:
        match call.api, call.operation:
            case "agency", _:
                return self._agency_call(call)
            case "hub", "snapshot_create":
                return self._snapshot_create(call)
            case "hub", "snapshot_delete":
                return self._snapshot_delete(call)
            case "hub", "child_account_create":
                return self._child_account_create(call)
            case _:
                raise NotSent(f"this provider knows no {call.api} {call.operation}: this is a bug in agencyfile")

    def _agency_call(self, call: Call) -> tuple[Request, Judge]:
        agency = self._connection.agency
        parameters = {name: _parameter(call, name, value) for name, value in call.parameters.items()}
        build = agency.query if call.method == "GET" else agency.form
        decode = agency.write_decoder(OPERATIONS[call.operation])
        return build(call.operation, parameters), lambda answer: _confirmation(call, decode(answer))

    def _snapshot_create(self, call: Call) -> tuple[Request, Judge]:
        account_id = _parameter(call, "account_id", call.parameters.get("account_id"))
        if not account_id.isdecimal():
            raise NotSent(f"the sandbox of {call.address} has no numeric id yet", fix="plan and apply again")
        document = {"account_id": int(account_id), "name": _parameter(call, "name", call.parameters.get("name"))}
        return self._hub_document(call, SNAPSHOTS, document)

    def _snapshot_delete(self, call: Call) -> tuple[Request, Judge]:
        """By its number alone: names are not unique (`portal.md` 1.8)."""
        snapshot_id = _parameter(call, "snapshot_id", call.parameters.get("snapshot_id"))
        if not _SNAPSHOT_ID.fullmatch(snapshot_id):
            raise NotSent(f"{call.address} has no number that can be deleted", fix="plan again")
        hub = self._connection.hub
        accept = hub.write_decoder(OPERATIONS[call.operation])
        return hub.deletion(call.operation, f"{SNAPSHOTS}{snapshot_id}"), _confirming(call, accept, None)

    def _child_account_create(self, call: Call) -> tuple[Request, Judge]:
        """Its answer shows no login (`portal.md` 1.8)."""
        document = make_order(call.parameters, self._connection.endpoint)
        return self._hub_document(call, CHILD_ACCOUNTS, document, account_label(str(document["account_name"])))

    def _hub_document(
        self, call: Call, path: str, document: Mapping[str, object], remote_id: str | None = None
    ) -> tuple[Request, Judge]:
        hub = self._connection.hub
        accept = hub.write_decoder(OPERATIONS[call.operation])
        return hub.document(call.operation, path, document), _confirming(call, accept, remote_id)


def _confirming(call: Call, accept: Decode[Mapping[str, Any]], remote_id: str | None) -> Judge:
    """The hub's answer to a write has no body: what was made is found in the list (`portal.md` 1.8)."""

    def judge(answer: Answer) -> Outcome:
        check_repeated(OPERATIONS[call.operation], accept(answer), call.parameters)
        return Confirmed(remote_id)

    return judge


def _confirmation(call: Call, envelope: Mapping[str, Any]) -> Confirmed:
    """The remote id of an account is its name; that of a sandbox is a number, which only the hub's list tells.

    An answer that names another account is somebody else's: its login must reach nobody.
    """
    operation = OPERATIONS[call.operation]
    check_repeated(operation, envelope, call.parameters)
    if not operation.names_account:
        return Confirmed()
    label = account_label(str(call.parameters["account"]))
    return Confirmed(None if call.address.kind == "sandbox" else label, _credential(label, envelope))


def _credential(label: str, envelope: Mapping[str, Any]) -> Credential | None:
    """The login, which the answer shows this once (`portal.md` rule 10); None where it does not."""
    username, password = envelope.get("username"), envelope.get("password")
    if not isinstance(password, str | int) or not str(password):
        return None
    return Credential(login_url(label), str(username or "admin"), Secret(str(password)))


def _parameter(call: Call, name: str, value: Value) -> str:
    if value is None or isinstance(value, Reference | Mapping | tuple):
        raise NotSent(f"{name} of {call.address} is not known", fix="plan again")
    return value.reveal() if isinstance(value, Secret) else str(value)


def _with_fix(message: str, fix: str) -> str:
    return f"{message} ({fix})" if fix else message
