"""The exchange: every API request, from the moment it is read until its answer is on its way.

One request is one transaction. It first does what time has made due, then carries the call out or not, as a fault may
have it, and writes the call into the book. The bytes leave only after the transaction is kept.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from agencyfile.local_portal import account_v1, account_v3
from agencyfile.local_portal.account_v1 import AccountV1
from agencyfile.local_portal.account_v3 import AccountV3
from agencyfile.local_portal.agency_api import AgencyApi
from agencyfile.local_portal.bodies import API_LIMIT, read_body, too_large
from agencyfile.local_portal.calls import Answer, Call, Front
from agencyfile.local_portal.database import Database, Row
from agencyfile.local_portal.delivery import Delivery, DeliveryResponse, Manner
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.faults import Fault, FaultKind, FaultList
from agencyfile.local_portal.hub_api import HubApi
from agencyfile.local_portal.keys import Keys
from agencyfile.local_portal.progress import make_progress
from agencyfile.local_portal.rate import AccountRates, RateLimit
from agencyfile.local_portal.request_context import PLAIN_VIEW, Turn, View
from agencyfile.local_portal.request_log import Record, write_record
from agencyfile.local_portal.settings import Settings

if TYPE_CHECKING:
    from starlette.requests import Request

_GARBAGE = Answer(
    body=b"<!DOCTYPE html><html><body><h1>We will be right back</h1></body></html>", media_type="text/html"
)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The result of a call: the answer, whether anything changed, and the fault that hit it."""

    delivery: Delivery
    is_committed: bool = False
    fault: FaultKind | None = None


class Exchange:
    """Every API over one database.

    Attributes:
        rows: The database.
        settings: How the portal is set up.
        keys: The keys it accepts.
        faults: What it does wrong at the moment.
    """

    def __init__(self, settings: Settings, keys: Keys, rows: Database, faults: FaultList) -> None:
        self.settings = settings
        self.keys = keys
        self.rows = rows
        self.faults = faults
        self._fronts: Mapping[str, Front] = {
            "agency": AgencyApi(keys.agency),
            "hub": HubApi(keys.hub),
            account_v1.API: AccountV1(),
            account_v3.API: AccountV3(),
        }
        self._first_settings = settings
        self._rate = RateLimit(settings.rate_limit)
        self._account_rates = AccountRates(settings.account_rate_limit)

    def change_settings(self, settings: Settings | None) -> None:
        """Go on with other settings, or with those from the start; the limits start anew."""
        self.settings = settings or self._first_settings
        self._rate = RateLimit(self.settings.rate_limit)
        self._account_rates = AccountRates(self.settings.account_rate_limit)

    def change_faults(self, faults: FaultList) -> None:
        """Go on with other faults; the answers that were held back until then are sent."""
        self.faults.is_over.set()
        self.faults = faults

    async def respond(self, api: str, request: Request) -> Response:
        """Answer one API request."""
        try:
            body = await read_body(request, API_LIMIT)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return too_large()
        call = self._fronts[api].read(request, body)
        if self.settings.latency:
            await asyncio.sleep(self.settings.latency)
        return DeliveryResponse(self.decide(call))

    def decide(self, call: Call) -> Delivery:
        """Carry a call out as far as it is to be, write it down, and return what to send."""
        now = time.time()
        with self.rows.transaction():
            self.catch_up(now)
            serial = self.rows.number("SELECT MAX(serial) FROM requests") + 1
            outcome = self._outcome(call, now, serial)
            self._record(call, now, serial, outcome)
        return outcome.delivery

    def catch_up(self, now: float) -> None:
        """Do what time has made due, in the order in which it was due."""
        for late in self.rows.all("SELECT * FROM late_calls WHERE due_at <= ? ORDER BY due_at, request", (now,)):
            make_progress(self.rows, late["due_at"])
            self._carry_out_late(late)
        make_progress(self.rows, now)

    def _outcome(self, call: Call, now: float, serial: int) -> _Outcome:
        front = self._fronts[call.api]
        limit, seconds = self._wait(call, now)
        if seconds:
            return _Outcome(Delivery(answer=_too_many(front, seconds, limit)))
        turn = Turn(rows=self.rows, settings=self.settings, now=now)
        if (refused := front.authenticate(turn, call)) is not None:
            return _Outcome(Delivery(answer=refused))
        fault = self.faults.take(call.action, front.subject(turn, call))
        if fault is None:
            return self._plain(call, now, serial)
        return replace(self._faulty(fault, call, now, serial), fault=fault.kind)

    def _wait(self, call: Call, now: float) -> tuple[float | None, int]:
        """Return the limit that a call falls under and how long it has to wait."""
        if call.account:
            return self.settings.account_rate_limit, self._account_rates.wait(call.account, now)
        return None, self._rate.wait(now)

    def _plain(self, call: Call, now: float, serial: int, view: View = PLAIN_VIEW) -> _Outcome:
        answer, is_committed = self._carry_out(call, now, serial, view)
        return _Outcome(Delivery(answer=answer), is_committed)

    def _faulty(self, fault: Fault, call: Call, now: float, serial: int) -> _Outcome:
        """Carry a call out, or not, as a fault has it.

        Whether a kind comes before or after the commit is all that a client can never tell from outside.
        """
        front = self._fronts[call.api]
        match fault.kind:
            case FaultKind.DROP_BEFORE_COMMIT:
                return _Outcome(Delivery(answer=None, manner=Manner.DROPPED))
            case FaultKind.RATE_LIMITED:
                limit = self.settings.account_rate_limit or _ACCOUNT_RATE if call.account else None
                return _Outcome(Delivery(answer=_too_many(front, fault.options["retry_after"], limit)))
            case FaultKind.ERROR_BEFORE_COMMIT:
                return _Outcome(Delivery(answer=front.fail(fault.options["status"])))
            case FaultKind.LATE_COMMIT:
                self._put_off(fault, call, now, serial)
                return _Outcome(_late_delivery(fault, front))
            case _:
                outcome = self._plain(call, now, serial, self._view(fault, now, serial))
                return replace(outcome, delivery=self._spoilt(fault, outcome.delivery, front))

    def _spoilt(self, fault: Fault, delivery: Delivery, front: Front) -> Delivery:
        """Return a delivery as a fault leaves it, after the call was carried out."""
        match fault.kind:
            case FaultKind.DROP_AFTER_COMMIT:
                return replace(delivery, answer=None, manner=Manner.DROPPED)
            case FaultKind.LATE_ANSWER:
                seconds = fault.options["seconds"]
                return replace(delivery, delay=seconds or 0.0, until=self.faults.is_over if seconds is None else None)
            case FaultKind.ERROR_AFTER_COMMIT:
                return replace(delivery, answer=front.fail(fault.options["status"]))
            case FaultKind.TRUNCATED:
                return replace(delivery, manner=Manner.TRUNCATED)
            case FaultKind.GARBAGE:
                return replace(delivery, answer=_GARBAGE)
            case _:
                return delivery

    def _carry_out(self, call: Call, now: float, serial: int, view: View) -> tuple[Answer, bool]:
        front = self._fronts[call.api]
        turn = Turn(rows=self.rows, settings=self.settings, now=now, view=view)
        try:
            if not call.is_write:
                return front.carry_out(turn, call), False
            with self.rows.savepoint():
                write = self.rows.insert("writes", {"time": now, "request": serial})
                return front.carry_out(replace(turn, write=write), call), True
        except Refusal as refusal:
            return front.refuse(call, refusal), False

    def _put_off(self, fault: Fault, call: Call, now: float, serial: int) -> None:
        if not call.is_write or call.problem:
            return
        late = {"request": serial, "due_at": now + fault.options["seconds"], "api": call.api, "account": call.account}
        parameters = json.dumps(dict(call.parameters))
        self.rows.insert("late_calls", late | {"action": call.action, "parameters": parameters})

    def _carry_out_late(self, late: Row) -> None:
        call = self._fronts[late["api"]].stored(late["action"], json.loads(late["parameters"]), late["account"])
        answer, is_committed = self._carry_out(call, late["due_at"], late["request"], PLAIN_VIEW)
        self.rows.run("DELETE FROM late_calls WHERE request = ?", (late["request"],))
        self.rows.run(
            "UPDATE requests SET committed = ?, result_code = ? WHERE serial = ?",
            (is_committed, answer.result_code, late["request"]),
        )

    def _view(self, fault: Fault, now: float, serial: int) -> View:
        match fault.kind:
            case FaultKind.STALE_LIST:
                return View(before=self._stale_write(fault.options, now))
            case FaultKind.REPEAT_PAGE:
                return View(is_repeating=True)
            case FaultKind.REORDER_PAGES:
                return View(shuffle=serial)
            case FaultKind.MAPPED_LIST:
                return View(is_mapped=True)
            case FaultKind.EMPTY_PLANS_LIST:
                return View(is_emptied=True)
            case _:
                return PLAIN_VIEW

    def _stale_write(self, options: Mapping[str, Any], now: float) -> int | None:
        if options["serial"] is not None:
            query, value = "SELECT MIN(serial) FROM writes WHERE request >= ?", options["serial"]
        elif options["seconds"] is not None:
            query, value = "SELECT MIN(serial) FROM writes WHERE time > ?", now - options["seconds"]
        else:
            query, value = "SELECT MAX(serial) + 1 - ? FROM writes", options["writes"]
        row = self.rows.first(query, (value,))
        return max(1, row[0]) if row is not None and row[0] is not None else None

    def _record(self, call: Call, now: float, serial: int, outcome: _Outcome) -> None:
        turn = Turn(rows=self.rows, settings=self.settings, now=now)
        record = Record(
            serial=serial,
            time=now,
            call=call,
            account=self._fronts[call.api].subject(turn, call),
            answer=outcome.delivery.answer,
            fault=outcome.fault,
            is_committed=outcome.is_committed,
        )
        write_record(self.rows, record, self.keys)


_ACCOUNT_RATE = 5.0  # docs/portal.md 6


def _too_many(front: Front, seconds: float, limit: float | None = None) -> Answer:
    """Return 429; the limit and what is left of it are said where they are known, by accounts (docs/portal.md 6)."""
    known = {"ratelimit-limit": str(round(limit)), "ratelimit-remaining": "0"} if limit else {}
    return replace(front.fail(429), headers={"retry-after": str(round(seconds)), **known})


def _late_delivery(fault: Fault, front: Front) -> Delivery:
    match fault.options["answer"]:
        case "5xx":
            return Delivery(answer=front.fail(504))
        case "timeout":
            return Delivery(answer=None, manner=Manner.DROPPED, delay=fault.options["hold"])
        case _:
            return Delivery(answer=None, manner=Manner.DROPPED)
