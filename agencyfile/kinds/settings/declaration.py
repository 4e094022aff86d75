"""The portal's default account settings as the language sees them."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind, Referring
from agencyfile.kinds.settings.model import AccountSettings
from agencyfile.kinds.settings.resource import settings_resources

SETTINGS: Final = DeclaredKind(
    name="settings",
    model=AccountSettings,
    within=("agency", "account_settings"),
    references=(Referring(word="templates", kind="template", is_list=True),),
    resources=settings_resources,
)
