"""The plan of an account: its words, and how they inherit from the defaults."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import Count, words
from agencyfile.fields import values, vocabulary
from plan.values import Value


class Plan(TypedDict, total=False):
    """The plan that the account pays for: tier, billing and contacts; or the portal's own number of a plan."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc]
        extra="forbid",
        strict=True,
        json_schema_extra={"not": {"required": ["id"], "minProperties": 2}},
    )
    tier: Annotated[
        str,
        AfterValidator(values.parse_tier),
        Field(
            title="Tier",
            description="Tier of the plan. professional and lite, the portal's older words, mean pro and starter.",
            examples=["plus"],
            json_schema_extra={"anyOf": [words(vocabulary.TIERS), {"pattern": patterns.OLD_TIER, "deprecated": True}]},
        ),
    ]
    billing: Annotated[
        str,
        AfterValidator(values.one_of("plan-billing", "a billing", vocabulary.BILLINGS, vocabulary.BILLING_HINTS)),
        Field(
            title="Billing",
            description="Interval of payment. Not with a trial.",
            examples=["monthly"],
            json_schema_extra=words(vocabulary.BILLINGS),
        ),
    ]
    contacts: Annotated[
        Count,
        Field(
            title="Contacts", description="Number of contacts that the plan allows. Not with a trial.", examples=[1000]
        ),
    ]
    id: Annotated[
        int,
        AfterValidator(values.parse_plan_id),
        Field(
            title="Plan id",
            description="The portal's number of the plan, when its words do not lead to one. Stands alone. 0 is free "
            "for ever, where the portal makes such accounts.",
            examples=[123],
            json_schema_extra={"minimum": 0},
        ),
    ]


def inherited_plan(own: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan with the words `own` takes from the plan `below` it in the defaults.

    - An `id` drops every word of the defaults.
    - A tier, billing or contacts drops an id of the defaults.
    - `tier: trial` drops the billing and contacts of the defaults.
    """
    if "id" in own:
        return {}
    dropped = set(own)
    if own:
        dropped.add("id")
    if own.get("tier") == "trial":
        dropped.update(("billing", "contacts"))
    return {word: value for word, value in below.items() if word not in dropped}


def is_whole_plan(plan: Mapping[str, Any]) -> bool:
    """Return whether the words name one plan. A trial and an id need no other words."""
    return "id" in plan or plan.get("tier") == "trial" or not {"tier", "billing", "contacts"}.difference(plan)


def plan_attribute(plan: Mapping[str, Any]) -> dict[str, Value]:
    """Return the plan as one attribute, because the portal sets it as a whole."""
    if "id" in plan:
        return {"id": str(plan["id"])}
    return {word: plan[word] for word in ("tier", "billing", "contacts") if word in plan}
