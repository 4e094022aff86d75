"""The plan document: what `-out` writes, `-json` prints, `show` reads and every renderer draws from."""

from plan.document.decoding import decode
from plan.document.encoding import encode, encode_diagnostic, encode_drift
from plan.document.form import FORMAT_VERSION, Document

__all__ = ["FORMAT_VERSION", "Document", "decode", "encode", "encode_diagnostic", "encode_drift"]
