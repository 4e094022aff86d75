"""The questions on which public sources differ, and the readings that a portal may show (`docs/portal.md` section 8).

No code assumes a reading: parsers recognise it in the answers and note it (`agencyfile/portal/observations.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Question:
    """One question on which sources differ.

    Attributes:
        id: its name, the same as in the local portal's `--reading`.
        number: its number in `docs/portal.md` section 8.
        asks: what is asked, in a few words.
        readings: the readings; which of them is true is not known.
    """

    id: str
    number: str
    asks: str
    readings: tuple[str, ...]


STATUS_WORDS: Final = Question("status-words", "R1", "reseller_status in account_list", ("words", "numbers"))
HUB_ACCOUNT_NAME: Final = Question(
    "hub-account-name", "R2", "account_name of the Partners Hub", ("label", "display-name")
)
LIST_PAGES: Final = Question("list-pages", "R3", "pages of account_list", ("page", "count"))
ACCOUNT_FORM: Final = Question("account-form", "R4", "account in answers of the agency API", ("label", "host"))
NAME_CHARACTERS: Final = Question("name-characters", "R5", "characters of account names", ("hostname", "underscore"))
USER_ME_LOGIN: Final = Question("user-me-login", "R6", "user_me with the login of an account", ("no-key", "key"))
LOGIN_PASSWORD: Final = Question("login-password", "R7", "api_pass of a login", ("md5", "clear"))
EDIT_CANCELLED: Final = Question(
    "edit-cancelled", "R8", "account_edit of a cancelled account", ("refused", "reactivates")
)
LIST_TYPES: Final = Question("list-types", "R9", "cancelled and expired in account_list", ("booleans", "text"))
CLIENT_EMAIL: Final = Question("client-email", "R10", "client_email in account_list", ("absent", "listed"))
PRORATED: Final = Question("prorated", "R11", "prorated in account_plans of one account", ("absent", "told"))
ACCOUNT_VIEW: Final = Question("account-view", "R12", "balances in account_view", ("unknown", "balances"))
BRANDING_FLAGS: Final = Question("branding-flags", "R13", "flags of a branding", ("one-shows", "one-hides"))
BRANDING_HEADER: Final = Question("branding-header", "R14", "header and footer of a branding", ("pages", "mails"))
BRANDING_LINKS: Final = Question("branding-links", "R15", "links of a branding", ("any-value-hides", "absence-enables"))
ACCOUNT_KEY: Final = Question("account-key", "R16", "key of an account at its v1 API", ("parameter", "header"))
SINGLE_SIGN_ON: Final = Question("single-sign-on", "R17", "singlesignon of an account's API", ("unknown", "token"))
FREE_PLAN: Final = Question("free-plan", "R18", "accounts on plan 0, free for ever", ("refused", "accepted"))
TEMPLATE_ID: Final = Question("template-id", "R19", "id in the answer of message_template_add", ("absent", "answered"))
UNKNOWN_ACCOUNT: Final = Question(
    "unknown-account", "R20", "account_status of an unknown account", ("failure", "no-status")
)
HUB_WRONG_METHOD: Final = Question("hub-wrong-method", "R21", "a wrong method at the hub", ("405", "404"))
HUB_MORE: Final = Question("hub-more", "R22", "the hub's other operations", ("absent", "served"))

QUESTIONS: Final[Mapping[str, Question]] = MappingProxyType(
    {
        each.id: each
        for each in (
            STATUS_WORDS,
            HUB_ACCOUNT_NAME,
            LIST_PAGES,
            ACCOUNT_FORM,
            NAME_CHARACTERS,
            USER_ME_LOGIN,
            LOGIN_PASSWORD,
            EDIT_CANCELLED,
            LIST_TYPES,
            CLIENT_EMAIL,
            PRORATED,
            ACCOUNT_VIEW,
            BRANDING_FLAGS,
            BRANDING_HEADER,
            BRANDING_LINKS,
            ACCOUNT_KEY,
            SINGLE_SIGN_ON,
            FREE_PLAN,
            TEMPLATE_ID,
            UNKNOWN_ACCOUNT,
            HUB_WRONG_METHOD,
            HUB_MORE,
        )
    }
)
