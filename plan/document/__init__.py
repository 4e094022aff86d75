"""The plan document: what `-out` writes, `-json` prints, `show` reads and every renderer draws from."""

from plan.document.decoding import decode, read_back
from plan.document.encoding import encode, encode_drift
from plan.document.form import FORMAT_VERSION, Document, document_digest
from plan.forms import encode_diagnostic

__all__ = [
    "FORMAT_VERSION",
    "Document",
    "decode",
    "document_digest",
    "encode",
    "encode_diagnostic",
    "encode_drift",
    "read_back",
]
