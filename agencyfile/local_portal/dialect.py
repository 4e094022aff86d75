"""The readings of the portal: one switch for each question on which public sources differ (docs/portal.md section 8).

Nobody outside the vendor knows which reading is true, so the local portal speaks all of them. A dialect is one reading
for each question; a preset is the dialect that one source describes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Final, Literal, get_args, get_type_hints


class BadReading(ValueError):
    """A question or a reading that there is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One reading for each question; ``QUESTIONS`` says what each is about and who states what."""

    status_words: Literal["words", "numbers"] = "words"
    hub_account_name: Literal["label", "display-name"] = "label"
    list_pages: Literal["page", "count"] = "page"
    account_form: Literal["label", "host"] = "label"
    name_characters: Literal["hostname", "underscore"] = "hostname"
    user_me_login: Literal["no-key", "key"] = "no-key"
    login_password: Literal["md5", "clear"] = "md5"  # noqa: S105 - a reading, not a password
    edit_cancelled: Literal["refused", "reactivates"] = "refused"
    list_types: Literal["booleans", "text"] = "booleans"
    client_email: Literal["absent", "listed"] = "absent"
    prorated: Literal["absent", "told"] = "absent"
    account_view: Literal["unknown", "balances"] = "unknown"
    branding_flags: Literal["one-shows", "one-hides"] = "one-shows"
    branding_header: Literal["pages", "mails"] = "pages"
    branding_links: Literal["any-value-hides", "absence-enables"] = "any-value-hides"
    account_key: Literal["parameter", "header"] = "parameter"
    single_sign_on: Literal["unknown", "token"] = "unknown"
    free_plan: Literal["refused", "accepted"] = "refused"
    template_id: Literal["absent", "answered"] = "absent"
    unknown_account: Literal["failure", "no-status"] = "failure"
    hub_wrong_method: Literal["405", "404"] = "405"
    hub_more: Literal["absent", "served"] = "absent"


@dataclass(frozen=True, slots=True)
class Question:
    """One question on which sources differ.

    Attributes:
        id: Its name, as in ``--reading``.
        number: Its number in docs/portal.md section 8.
        asks: What is asked.
        readings: The answers, the local portal's default first, each with the sources that state it.
    """

    id: str
    number: str
    asks: str
    readings: Mapping[str, str]

    @property
    def field(self) -> str:
        """Return the name of its field in a dialect."""
        return self.id.replace("-", "_")


def _question(number: int, name: str, asks: str, **sources: str) -> Question:
    """Return a question, with its readings as ``Dialect`` has them and their sources in the same order."""
    readings = get_args(_HINTS[name.replace("-", "_")])
    return Question(name, f"R{number}", asks, MappingProxyType(dict(zip(readings, sources.values(), strict=True))))


_HINTS: Final = get_type_hints(Dialect)
QUESTIONS: Final[Mapping[str, Question]] = MappingProxyType(
    {
        each.id: each
        for each in (
            _question(1, "status-words", "`reseller_status` in account_list", words="J", numbers="E, N2"),
            _question(2, "hub-account-name", "`account_name` of the Partners Hub", label="inferred", display="P"),
            _question(3, "list-pages", "pages of account_list", page="J", count="E, N2"),
            _question(4, "account-form", "`account` in answers of the agency API", label="J", host="E, N2"),
            _question(5, "name-characters", "characters of an account's name", hostname="inferred", underscore="N2"),
            _question(6, "user-me-login", "user_me with the login of an account", no_key="inferred", key="E"),
            _question(7, "login-password", "`api_pass` of a login", md5="PHP", clear="E, M, O"),
            _question(8, "edit-cancelled", "account_edit of a cancelled account", refused="inferred", bills="E"),
            _question(9, "list-types", "`cancelled` and `expired` in account_list", booleans="J", text="E"),
            _question(10, "client-email", "`client_email` in account_list", absent="J", listed="N2"),
            _question(11, "prorated", "`prorated` in account_plans of one account", absent="J", told="E, N2"),
            _question(12, "account-view", "balances in account_view", unknown="inferred", balances="O, V2, RA"),
            _question(13, "branding-flags", "flags of a branding", one_shows="RA", one_hides="M"),
            _question(14, "branding-header", "header and footer of a branding", pages="inferred", mails="M"),
            _question(15, "branding-links", "`links` of a branding", any_value="PHP", absence="AP14"),
            _question(16, "account-key", "the key of an account at its v1 API", parameter="PHP, N, PY", header="O"),
            _question(17, "single-sign-on", "singlesignon of an account's API", unknown="inferred", answered="E, O"),
            _question(18, "free-plan", "accounts on plan 0, free for ever", refused="inferred", accepted="E"),
            _question(19, "template-id", "`id` in the answer of message_template_add", absent="O", answered="E"),
            _question(20, "unknown-account", "account_status of no account", failure="inferred", no_status="inferred"),
            _question(21, "hub-wrong-method", "a wrong method at the hub", not_allowed="inferred", absent="P"),
            _question(22, "hub-more", "the hub's operations beyond accounts and snapshots", absent="-", served="P"),
        )
    }
)

DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        # The local portal's default: mostly the Java client's fields, and what was inferred where no source speaks.
        "today": Dialect(),
        # The vendor's reseller script of 2013 to 2015, and vendor texts of those years where it says nothing.
        "vendor-2014": Dialect(
            status_words="numbers",
            list_pages="count",
            account_form="host",
            name_characters="underscore",
            user_me_login="key",
            login_password="clear",  # noqa: S106 - a reading, not a password
            edit_cancelled="reactivates",
            list_types="text",
            client_email="listed",
            prorated="told",
            account_view="balances",
            branding_flags="one-hides",
            branding_header="mails",
            branding_links="absence-enables",
            single_sign_on="token",
            free_plan="accepted",
            template_id="answered",
        ),
        # What the classes of the Java client can read. It fails at an unknown account that is refused.
        "java": Dialect(unknown_account="no-status"),
        # What the description of the Partners Hub says; it says nothing of the agency API.
        "hub-only": Dialect(hub_account_name="display-name", hub_wrong_method="404", hub_more="served"),
    }
)


def dialect_named(name: str) -> Dialect:
    """Return a preset.

    Raises:
        BadReading: There is no such preset.
    """
    if name not in DIALECTS:
        raise BadReading(f"There is no dialect {name!r}; there are {', '.join(DIALECTS)}.")
    return DIALECTS[name]


def with_readings(dialect: Dialect, readings: Mapping[str, Any]) -> Dialect:
    """Return a dialect with other readings of some questions, each named by its id.

    Raises:
        BadReading: There is no such question, or it has no such reading.
    """
    for name, reading in readings.items():
        question = QUESTIONS.get(name)
        if question is None:
            raise BadReading(f"There is no question {name!r}; there are {', '.join(QUESTIONS)}.")
        if not isinstance(reading, str) or reading not in question.readings:
            raise BadReading(f"{name} is read as {' or '.join(question.readings)}, not as {reading!r}.")
    return replace(dialect, **{QUESTIONS[name].field: reading for name, reading in readings.items()})


def readings_of(dialect: Dialect) -> dict[str, str]:
    """Return the reading of each question, by its id."""
    return {each.name.replace("_", "-"): getattr(dialect, each.name) for each in fields(dialect)}


def name_of(dialect: Dialect) -> str | None:
    """Return the name of the preset that a dialect is; None for one of another mixture."""
    return next((name for name, each in DIALECTS.items() if each == dialect), None)
