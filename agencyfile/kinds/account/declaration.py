"""Client accounts as the language sees them."""

from typing import Final

from agencyfile.declarations import patterns
from agencyfile.declarations.kind import DeclaredKind, Defaults, Importing, Referring, Removable, SecretWord, Section
from agencyfile.declarations.names import AccountName
from agencyfile.kinds.account.block_checks import check_account, check_accounts
from agencyfile.kinds.account.known_client import CLIENT
from agencyfile.kinds.account.model import Account, AccountDefaults
from agencyfile.kinds.account.plan import inherited_plan
from agencyfile.kinds.account.profile import PROFILE
from agencyfile.kinds.account.resource import account_resources
from agencyfile.kinds.account.rules import RULES

ACCOUNT: Final = DeclaredKind(
    name="account",
    rules=RULES,
    model=Account,
    section=Section(
        key="accounts",
        plural="client accounts",
        label=AccountName,
        description="Client accounts by login name: NAME.activehosted.com.",
    ),
    defaults=Defaults(model=AccountDefaults, title="Accounts", description="Defaults of accounts."),
    removable=Removable(
        actions={
            "cancel": "archives an account at the portal",
            "transfer": "hands it over (steps by hand)",
        },
        hints={"move": "transfer", "hand over": "transfer"},
        description="Login name of the account: cancel, transfer or forget it.",
        example="old-client",
        pattern=patterns.ACCOUNT_NAME,
    ),
    importing=Importing(has_own_files=True, unseen=("credits", "addons", "branding")),
    topics=(
        "client.email",
        "client.name",
        "clone",
        "dns",
        "handover",
        "language",
        "move-in",
        "password",
        "renewal",
        "timezone",
        "transfer",
        "trial",
    ),
    is_hosted=True,
    is_listed=True,
    is_protected=True,
    required=("client",),
    inherited=("notification", "plan"),
    inherit={"plan": inherited_plan},
    layers=(PROFILE, CLIENT),
    references=(
        Referring(word="snapshot", kind="snapshot"),
        Referring(word="templates", kind="template", is_list=True),
    ),
    secrets=(SecretWord(path=("api", "key"), owner="api"),),
    check_block=check_account,
    check_among=check_accounts,
    resources=account_resources,
)
