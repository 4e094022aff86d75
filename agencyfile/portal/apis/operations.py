"""Every call that changes the portal: which answers to it count, and what shows that it has happened.

This is the one table. The writer judges by it, reconciliation is held to it by a test, and the table of
`docs/guarantees.md` is generated from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Api(StrEnum):
    """The APIs, by the names that calls use."""

    AGENCY = "agency"
    HUB = "hub"
    ACCOUNT_V1 = "account_v1"
    ACCOUNT_V3 = "account_v3"

    @property
    def has_envelope(self) -> bool:
        """Does it answer HTTP 200 with an envelope that says yes or no (`portal.md` 1.1)?"""
        return self in (Api.AGENCY, Api.ACCOUNT_V1)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        name: as calls name it.
        api: where it is sent.
        again: what sending it twice would do, for a person.
        done: the HTTP status of a yes (`portal.md` 1.1, 1.8).
        refused: the HTTP statuses of a documented no.
        shows: what the document of a yes holds; a yes of the hub may have no body at all.
        names_account: must a yes name the account that was asked for?
        repeats: fields of a yes that may repeat the call, each with the parameter that it must then agree with.
        signals: what shows that it has happened; empty where the portal shows nothing of it.
    """

    name: str
    api: Api
    again: str
    done: int = 200
    refused: tuple[int, ...] = (200,)
    shows: str = "id"
    names_account: bool = False
    repeats: tuple[tuple[str, str], ...] = ()
    signals: tuple[str, ...] = ()


_CREATION: Final = ("account list", "account status", "name check", "hub list", "cloning jobs")
_ACCOUNT: Final = (("account", "account"),)
_STATUS: Final = (*_ACCOUNT, ("status", "status"))
_CREDITS: Final = (*_ACCOUNT, ("credits", "credits"))
_HUB_NO: Final = (400, 401, 404)  # portal.md 1.8: ApiErrorResponse, and for 401 UnauthorizedResponse
_HUB_ORDER_NO: Final = (*_HUB_NO, 422)

_ALL: Final = (
    Operation("account_add", Api.AGENCY, "a second charge", names_account=True, repeats=_ACCOUNT, signals=_CREATION),
    Operation(
        "child_account_create",
        Api.HUB,
        "a second charge",
        refused=_HUB_ORDER_NO,
        repeats=(("account_name", "account"),),
        signals=_CREATION,
    ),
    Operation(
        "account_edit",
        Api.AGENCY,
        "nothing; a dearer plan is a charge",
        repeats=_ACCOUNT,
        signals=("the plan in the account list, where the plan changes",),
    ),
    Operation("account_status_set", Api.AGENCY, "nothing", repeats=_STATUS),
    Operation(
        "account_cancel",
        Api.AGENCY,
        "ends it once more",
        repeats=_ACCOUNT,
        signals=("the state in the account list", "status"),
    ),
    Operation("account_scoring", Api.AGENCY, "nothing", repeats=_STATUS),
    Operation("account_conversations", Api.AGENCY, "nothing; more seats are a charge", repeats=_STATUS),
    Operation(
        "account_credits_apply",
        Api.AGENCY,
        "grants once more",
        repeats=_CREDITS,
        signals=("the balance before and after, where the account's own API tells it",),
    ),
    Operation("account_emailtest_credits_apply", Api.AGENCY, "grants once more", repeats=_CREDITS),
    Operation(
        "snapshot_create",
        Api.HUB,
        "a second snapshot",
        done=201,
        refused=_HUB_ORDER_NO,
        repeats=(("name", "name"), ("source_account_id", "account_id")),
        signals=("snapshots of that name and source that were not there before",),
    ),
    Operation(
        "snapshot_delete",
        Api.HUB,
        "nothing more to delete",
        refused=_HUB_NO,
        repeats=(("id", "snapshot_id"),),
        signals=("its number, which the list of snapshots shows no more",),
    ),
    Operation(
        "message_template_add",
        Api.ACCOUNT_V1,
        "a second template",
        signals=("templates of that name and content there, where the account's key is declared",),
    ),
    Operation("message_template_edit", Api.ACCOUNT_V1, "nothing"),
    Operation("branding_edit", Api.ACCOUNT_V3, "nothing", shows="branding", refused=(400, 401, 403, 404, 422)),
)

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType({operation.name: operation for operation in _ALL})
