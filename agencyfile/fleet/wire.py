"""The model of the fleet file."""

from typing import Annotated, Any, Final, Required, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import STRICT
from agencyfile.fields import values as fields
from agencyfile.fleet import values
from agencyfile.fleet.rules import RULES
from agencyfile.language.problems import Form

Name: TypeAlias = Annotated[
    str, AfterValidator(values.parse_name), Field(json_schema_extra={"pattern": patterns.LABEL})
]
KeyName: TypeAlias = Annotated[
    str, AfterValidator(values.parse_key_name), Field(json_schema_extra={"pattern": patterns.LABEL})
]
Reference: TypeAlias = Annotated[
    str, BeforeValidator(values.parse_reference), Field(json_schema_extra={"pattern": values.REFERENCE})
]
ChildVariable: TypeAlias = Annotated[
    str, AfterValidator(values.parse_child_variable), Field(json_schema_extra={"pattern": values.CHILD_VARIABLE})
]
Concurrency: TypeAlias = Annotated[
    int, AfterValidator(values.parse_concurrency), Field(json_schema_extra={"exclusiveMinimum": 0})
]
Rate: TypeAlias = Annotated[
    str,
    BeforeValidator(fields.needs_unit("rate-limit", "/s")),
    AfterValidator(fields.parse_rate),
    Field(
        title="Rate",
        description="Most requests per second of all agencies that use the key; 5/s.",
        examples=["5/s"],
        json_schema_extra={"pattern": patterns.RATE},
    ),
]
_AGENCY_KEY: Final = "Key of the reseller API, from the environment."
_HUB_KEY: Final = "Key of the Partners Hub API, from the environment."
_ANY: Final = " * stands for the agency's name in capitals."


class SharedKey(TypedDict, total=False):
    """A key that several agencies use. Their requests count together."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    agency_key: Required[
        Annotated[Reference, Field(title="Agency key", description=_AGENCY_KEY, examples=["${env:AGENCY_BRANDS_KEY}"])]
    ]
    hub_key: Annotated[
        Reference, Field(title="Partners Hub key", description=_HUB_KEY, examples=["${env:AGENCY_BRANDS_HUB_KEY}"])
    ]
    rate: Rate
    concurrency: Annotated[
        Concurrency, Field(title="Concurrency", description="Most children of this key at a time.", examples=[2])
    ]


class Group(TypedDict, total=False):
    """Agencies that are found by the same patterns and get the same variables."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    files: Required[
        Annotated[
            list[str],
            Field(
                title="Files",
                description="Patterns of agency files in this folder.",
                examples=[["brands/*/agency.yaml"]],
                json_schema_extra={"minItems": 1},
            ),
        ]
    ]
    exclude: Annotated[
        list[str],
        Field(title="Exclude", description="Patterns of files to leave out.", examples=[["brands/old-*/agency.yaml"]]),
    ]
    key: Annotated[KeyName, Field(title="Key", description="The key that they share, under keys.", examples=["brands"])]
    agency_key: Annotated[
        Reference, Field(title="Agency key", description=_AGENCY_KEY + _ANY, examples=["${env:AGENCY_*_KEY}"])
    ]
    hub_key: Annotated[
        Reference, Field(title="Partners Hub key", description=_HUB_KEY + _ANY, examples=["${env:AGENCY_*_HUB_KEY}"])
    ]
    rate: Rate
    environment: Annotated[
        dict[ChildVariable, Reference],
        Field(
            title="Environment",
            description="Further variables of the children, from the environment." + _ANY,
            examples=[{"AGENCYFILE_IDENTITY": "${env:AGENCY_*_IDENTITY}"}],
        ),
    ]


class WaveBlock(TypedDict, total=False):
    """Agencies that are applied together."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Required[Annotated[Name, Field(title="Wave", description="Name of the wave.", examples=["first"])]]
    agencies: Required[
        Annotated[
            list[str],
            Field(
                title="Agencies",
                description="Patterns of names of agencies. An agency belongs to the first wave that names it.",
                examples=[["brands/acme"]],
                json_schema_extra={"minItems": 1},
            ),
        ]
    ]
    concurrency: Annotated[
        Concurrency, Field(title="Concurrency", description="Most children of this wave at a time.", examples=[1])
    ]


Cron: TypeAlias = Annotated[
    str, AfterValidator(values.parse_schedule), Field(json_schema_extra={"pattern": values.CRON})
]


class Schedules(TypedDict, total=False):
    """Times, in UTC, at which a worker starts a command that changes nothing."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    drift: Annotated[
        Cron, Field(title="Drift", description="When to look for changes at the portal.", examples=["15 5 * * *"])
    ]
    plan: Annotated[Cron, Field(title="Plan", description="When to plan all agencies.", examples=["30 5 * * 1-5"])]


class FleetDocument(TypedDict, total=False):
    """A fleet file: the agencies of a group, the keys that they share, and the order of their roll-out."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    version: Required[
        Annotated[
            Any,
            BeforeValidator(fields.parse_version),
            Field(title="Version", description="Version of the format.", json_schema_extra={"const": 1}),
        ]
    ]
    fleet: Required[
        Annotated[Name, Field(title="Fleet", description="Name of the fleet.", examples=["northwind-group"])]
    ]
    concurrency: Annotated[
        Concurrency, Field(title="Concurrency", description="Most children at a time; 4.", examples=[4])
    ]
    keys: Annotated[dict[Name, SharedKey], Field(title="Keys", description="Keys that several agencies share.")]
    agencies: Required[
        Annotated[dict[Name, Group], Field(title="Agencies", description="Groups of agencies, by patterns of files.")]
    ]
    waves: Annotated[
        list[WaveBlock],
        Field(
            title="Waves",
            description="The order of an apply. A wave begins when the one before it is done without a failure.",
        ),
    ]
    schedules: Annotated[Schedules, Field(title="Schedules", description="Commands that workers start by the clock.")]


FLEET_FILE: Final = Form("the fleet file", FleetDocument, ("keys", "agencies"), RULES)
