"""Totals of credits, as the block of an account names them."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import STRICT, Total
from agencyfile.fields import amounts


class Credits(TypedDict, total=False):
    """Credits of the account: totals ever granted, not balances. To grant more, raise the total; it never falls."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    email: Annotated[
        Total,
        Field(title="E-mail credits", description="E-mail sending credits ever granted, in total.", examples=[5000]),
    ]
    compatibility: Annotated[
        Total,
        Field(
            title="Compatibility credits",
            description="Compatibility (inbox preview) credits ever granted, in total.",
            examples=[10],
        ),
    ]
    sms: Annotated[
        Total,
        Field(
            title="SMS credits",
            description="SMS sending credits ever granted, in total. For the tiers trial, plus, pro and enterprise.",
            examples=[500],
        ),
    ]
    prepaid: Annotated[
        str,
        BeforeValidator(amounts.needs_currency),
        AfterValidator(amounts.parse_money),
        Field(
            title="Prepaid credit",
            description="Prepaid credit ever granted, in total: an amount and a currency.",
            examples=["100 USD"],
            json_schema_extra={"pattern": patterns.MONEY},
        ),
    ]
