"""The plan document: `plan --out` writes it, `plan --json` prints it, and every renderer reads it."""

from plan.on_demand import on_demand

TYPE_CHECKING = False  # as in plan.on_demand
if TYPE_CHECKING:
    from plan.document.decoding import decode, read_back
    from plan.document.encoding import encode, encode_drift
    from plan.document.form import FORMAT_VERSION, document_digest
    from plan.forms import encode_diagnostic
else:
    __getattr__ = on_demand(
        globals(),
        {
            "FORMAT_VERSION": "plan.document.form",
            "decode": "plan.document.decoding",
            "document_digest": "plan.document.form",
            "encode": "plan.document.encoding",
            "encode_diagnostic": "plan.forms",
            "encode_drift": "plan.document.encoding",
            "read_back": "plan.document.decoding",
        },
    )

__all__ = [
    "FORMAT_VERSION",
    "decode",
    "document_digest",
    "encode",
    "encode_diagnostic",
    "encode_drift",
    "read_back",
]
