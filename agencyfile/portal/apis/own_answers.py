"""Detection of answers to another call, by fields of its answers or by values that were not sent.

A proxy or a cache can return the answer to one call as the answer to another. A new field is no sign of that, because
the vendor may add fields (`docs/portal.md` 1.1); only a field that is documented for another call is. Calls with the
same documented answer (for example the bare envelope of `account_edit`) cannot be told apart.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds import KINDS, OPERATIONS
from agencyfile.kinds.faults import Unclear
from agencyfile.kinds.operation import ACCOUNT, Api, Operation
from plan.values import Secret, Value

# Fields of the answers to each read (`docs/portal.md` 1.2, 1.8, section 3). Operations and kinds know their own.
_READ_IN_ENVELOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "account_list": ("accounts", "total"),
    "account_status": ("status",),
    "account_plans": ("plans",),
    "account_view": (ACCOUNT, "email", "fname", "lname", "cname", "subscriber_limit", "status", "trial", "credits"),
    "group_view": ("id", "title", "descript"),
}
_JOB: Final = ("workflow_id", "target_account", "source_account", "started_at", "error_message", "snapshot_id")
_READ_IN_DOCUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "cloning job": _JOB,
    "version 1": ("result_code",),
    "account settings": (ACCOUNT, "email", "subscriber_limit", "subscriber_total", "credits"),
    "lists": tuple(each.holds for kind in KINDS.values() for each in kind.at_portal.own_lists if each.holds),
}


@cache
def _documented(*, has_envelope: bool) -> frozenset[str]:
    """Return every field that is documented for an answer of the APIs of one form."""
    reads = _READ_IN_ENVELOPES if has_envelope else _READ_IN_DOCUMENTS
    writes = (each.documented for each in OPERATIONS.values() if each.api.has_envelope is has_envelope)
    return frozenset(field for fields in (*reads.values(), *writes) for field in fields)


def check_fields(operation: Operation, document: Mapping[str, Any]) -> None:
    """Check that no field of `document` belongs to the answer of another call.

    Raises:
        Unclear: one does.
    """
    own = {*operation.documented, *(field for field, _ in operation.repeats)}
    others = _documented(has_envelope=operation.api.has_envelope) - own
    foreign = sorted(key for key in document if key in others or (operation.api.has_envelope and key.isdecimal()))
    if foreign:
        raise Unclear(f"{operation.name}: the answer holds `{foreign[0]}`, which belongs to the answer to another call")
    if operation.api is Api.ACCOUNT_V3 and not isinstance(document.get(operation.shows), Mapping):
        raise Unclear(f"{operation.name}: `{operation.shows}` of the answer is no object")


def check_repeated(operation: Operation, document: Mapping[str, Any], sent: Mapping[str, Value]) -> None:
    """Check that what `document` repeats of the call is what was `sent`.

    Raises:
        Unclear: it is not, or an answer that must name the account does not.
    """
    if operation.names_account and not document.get(ACCOUNT):
        raise Unclear(f"{operation.name}: the answer does not name the account that was asked for")
    for field, parameter in operation.repeats:
        if field in document and parameter in sent and _plain(field, document[field]) != _plain(field, sent[parameter]):
            what = "the account that was asked for" if parameter == ACCOUNT else f"the {parameter} that was sent"
            raise Unclear(f"{operation.name}: the answer does not name {what}")


def _plain(field: str, value: object) -> str:
    """Return a value as text, since types of numbers differ; an account by its label, also from its host name (1.5)."""
    text = value.reveal() if isinstance(value, Secret) else str(value)
    return account_label(text) if field in (ACCOUNT, "account_name") else text.strip()
