"""Sandboxes as the language sees them."""

from typing import Final

from agencyfile.declarations import patterns
from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.kind import DeclaredKind, Defaults, Importing, Removable, Section
from agencyfile.declarations.names import AccountName
from agencyfile.declarations.report import Report
from agencyfile.kinds.account.client import check_client
from agencyfile.kinds.sandbox.model import Sandbox, SandboxDefaults
from agencyfile.kinds.sandbox.resource import sandbox_resources
from agencyfile.kinds.sandbox.rules import RULES, UNCHECKED, misplaced


def _check(declaration: Declaration, _below: Words, report: Report) -> None:
    check_client(declaration, report)


SANDBOX: Final = DeclaredKind(
    name="sandbox",
    rules=RULES,
    unchecked=UNCHECKED,
    model=Sandbox,
    section=Section(key="sandboxes", plural="sandboxes", label=AccountName, description="Sandboxes by login name."),
    defaults=Defaults(model=SandboxDefaults, title="Sandboxes", description="Defaults of sandboxes."),
    removable=Removable(
        actions={"cancel": "archives a sandbox at the portal"},
        description="Login name of the sandbox: cancel or forget it.",
        example="old-lab",
        pattern=patterns.ACCOUNT_NAME,
    ),
    importing=Importing(),
    topics=("custom-fields", "password"),
    is_hosted=True,
    is_listed=True,
    required=("client",),
    inherited=("notification",),
    misplaced=misplaced,
    check_block=_check,
    resources=sandbox_resources,
)
