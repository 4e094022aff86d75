"""The half of the provider that changes the portal: it takes a call and returns an outcome."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from agencyfile.fields.account_names import account_label
from agencyfile.kinds import OPERATIONS
from agencyfile.kinds.faults import Declined, Fault, NotSent, Unclear
from agencyfile.kinds.operation import ACCOUNT, Api, Message, Operation, own_url, text_parameter
from agencyfile.portal.apis.limited import is_own_limit
from agencyfile.portal.apis.own_answers import check_repeated
from agencyfile.portal.connection import Connection
from agencyfile.portal.http.passage import calling
from agencyfile.portal.http.sending import Decode, Sending
from agencyfile.portal.http.transport import Answer, Request
from agencyfile.portal.reconciliation.investigation import investigate
from plan.call import Call, Confirmed, Outcome, Refused, Unknown
from plan.errors import PortalError
from plan.ledger.facts import OpenIntent


class WriteApi(Protocol):
    """The write side of one of the APIs."""

    def write(self, operation: Operation, message: Message) -> Request:
        """Return the request for a message."""

    def write_decoder(self, operation: Operation) -> Decode[Mapping[str, Any]]:
        """Return the function that judges the answers."""


class PortalWriter:
    """Sends calls; safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, call: Call) -> Outcome:
        """Send one call whose references are resolved.

        A call that is not repeatable is sent exactly once, on a fresh connection; again only if the portal answers
        429 in its own form and shows nothing of the call. A repeatable one is sent until its answer is clear, a few
        times at most.
        """
        with calling():
            return self._send(call)

    def _send(self, call: Call) -> Outcome:
        try:
            operation = _operation_of(call)
            outcome = self._carry_out(operation, call)
            if operation.fetches_key and outcome.credential:
                kept = self._connection.accounts.keep_key(text_parameter(call, ACCOUNT), outcome.credential)
                return replace(outcome, credential=kept)
        except NotSent as fault:
            return Refused(_with_fix(f"not sent: {fault}", fault.fix))
        except Declined as fault:
            return Refused(_with_fix(str(fault), fault.fix))
        except Unclear as fault:
            return Unknown(str(fault))
        told = self._connection.baselines.told_after(operation, call)
        if told:
            self._connection.endpoint.tell(told)
        self._connection.accounts.remember(account_label(call.address.name), outcome.credential)
        return outcome

    def _carry_out(self, operation: Operation, call: Call) -> Confirmed:
        def took_nothing(answer: Answer) -> bool:
            return is_own_limit(call.api, answer) and self._shows_nothing(call)

        def judge(answer: Answer) -> Confirmed:
            document = decode(answer)
            check_repeated(operation, document, call.parameters)
            for question, reading in operation.shown(document):
                self._connection.observations.saw(question, reading)
            return operation.confirm(call, document)

        api, sending = self._way(operation, call)
        request = api.write(operation, self._message(operation, call))
        decode = api.write_decoder(operation)
        return sending.repeat(request, judge) if call.is_repeatable else sending.once(request, judge, took_nothing)

    def _way(self, operation: Operation, call: Call) -> tuple[WriteApi, Sending]:
        """Return the API that takes the call, and its sender: accounts have rate limits of their own."""
        if operation.api.is_of_an_account:
            own = self._connection.accounts.opened(text_parameter(call, ACCOUNT), own_url(call.parameters))
            return own, own.sending
        agency, hub = self._connection.agency, self._connection.hub
        return (hub if operation.api is Api.HUB else agency), self._connection.sending

    def _message(self, operation: Operation, call: Call) -> Message:
        """Build the message of the call. If a lookup for it fails, nothing was sent."""
        try:
            return operation.build(call, self._connection.questions())
        except Unclear as fault:
            raise NotSent(str(fault), fix=fault.fix) from None

    def _shows_nothing(self, call: Call) -> bool:
        """Return whether, after a 429, every signal was read and none shows the call.

        Objects that existed before count too. Then the call is not sent again, and reconciliation tells them apart.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        intent = OpenIntent(0, call.address, call.operation, now, "", parameters=call.parameters)
        try:
            seen = investigate([intent], self._connection.questions())[call.address]
        except (PortalError, Fault):
            return False
        return seen.is_visible and not (seen.matches or seen.busy or seen.doubts)


def _operation_of(call: Call) -> Operation:
    operation = OPERATIONS.get(call.operation)
    if operation is None or operation.api != call.api:
        raise NotSent(f"this provider knows no {call.api} {call.operation}: this is a bug in agencyfile")
    return operation


def _with_fix(message: str, fix: str) -> str:
    return f"{message} ({fix})" if fix else message
