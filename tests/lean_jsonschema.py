"""jsonschema without the grammars of RFC 3987.

jsonschema imports `rfc3987_syntax` where it is installed, and that builds forty grammars: one and a half seconds of a
core for each process. No test here looks at the formats `iri` and `uri-reference`; jsonschema passes over a checker
that cannot be imported.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: an import of it fails at once
