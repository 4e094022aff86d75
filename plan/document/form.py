"""The form of plan documents: its version and its type."""

from collections.abc import Mapping
from typing import Any, Final

FORMAT_VERSION: Final = "1.1"  # 1.1 added drift, counts of what is managed, and what makes manual steps addressable

Document = Mapping[str, Any]
