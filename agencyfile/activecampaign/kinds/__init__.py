"""The kinds of the portal, one module each: pure knowledge, no I/O. The order is that of plans."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agencyfile.activecampaign.kinds.account import AccountKind
from agencyfile.activecampaign.kinds.credit import CreditKind
from agencyfile.activecampaign.kinds.sandbox import SandboxKind
from agencyfile.activecampaign.kinds.snapshot import SnapshotKind
from agencyfile.activecampaign.kinds.template import TemplateKind
from plan.provider import Kind

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {kind.name: kind for kind in (SandboxKind(), SnapshotKind(), TemplateKind(), AccountKind(), CreditKind())}
)
