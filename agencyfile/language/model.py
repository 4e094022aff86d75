"""The model of the agency file: the head, a section for each kind that has one, and `removed`."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Required, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.forms import STRICT
from agencyfile.declarations.kind import Section
from agencyfile.fields import values
from agencyfile.fields.wording import listed
from agencyfile.kinds.agency.model import Agency
from agencyfile.kinds.registry import DECLARED, LAYERS, SECTIONS
from agencyfile.language.composition import model_of
from agencyfile.language.ignore_patterns import IGNORE_EXAMPLE, IGNORE_PATTERN, parse_ignore
from agencyfile.language.removal_model import REMOVED, REMOVED_KEY, removal_example

PARTS: Final = (*SECTIONS, *LAYERS, REMOVED_KEY)  # what every file may hold, included ones too


def _defaults() -> Iterator[tuple[str, Any]]:
    for name, kind in sorted(DECLARED.items()):
        given = kind.defaults
        if given is not None:
            yield name, Annotated[given.model, Field(title=given.title, description=given.description)]


DEFAULTS: Final = model_of("Defaults", dict(_defaults()), "Defaults for blocks, merged word by word.")


IgnorePattern: TypeAlias = Annotated[
    str, AfterValidator(parse_ignore), Field(json_schema_extra={"pattern": IGNORE_PATTERN})
]


class Ignored(TypedDict):
    """A pattern of addresses, and why no plan looks at them."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    pattern: Annotated[IgnorePattern, Field(title="Pattern", description="KIND.NAME, with * and ?.")]
    reason: Annotated[
        str,
        AfterValidator(values.parse_block_reason),
        Field(title="Reason", description="Why, for the review.", json_schema_extra={"minLength": 1}),
    ]


def _ignored_shape(value: object) -> str:
    return "\0mapping" if isinstance(value, dict) else "\0name"


IgnoreEntry: TypeAlias = Annotated[
    Annotated[IgnorePattern, Tag("\0name")] | Annotated[Ignored, Tag("\0mapping")], Discriminator(_ignored_shape)
]


class Head(TypedDict, total=False):
    """Keys that only the root file has."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    version: Required[
        Annotated[
            Any,
            BeforeValidator(values.parse_version),
            Field(title="Version", description="Version of the format.", json_schema_extra={"const": 1}),
        ]
    ]
    agency: Required[
        Annotated[Agency, Field(title="Agency", description="The agency, and how to work with its portal.")]
    ]
    include: Annotated[
        list[str],
        Field(
            title="Include",
            description="Patterns of further files in this folder; they hold blocks only.",
            examples=[["clients/*.yaml"]],
        ),
    ]
    defaults: Annotated[
        DEFAULTS,  # type: ignore[valid-type]  # put together from what the kinds say
        Field(title="Defaults", description="Defaults for blocks."),
    ]
    ignore: Annotated[
        list[IgnoreEntry],
        Field(
            title="Ignore",
            description="Patterns, with * and ?, of what is at the portal and no business of any plan: KIND.NAME, "
            "alone or with a reason.",
            examples=[[IGNORE_EXAMPLE], [{"pattern": IGNORE_EXAMPLE, "reason": "moved in 2019, billed elsewhere"}]],
        ),
    ]


def _sections() -> Iterator[tuple[str, Any]]:
    for kind in SECTIONS.values():
        if kind.section is not None:
            yield _section(kind.section, kind.model)
    for _, layer in LAYERS.values():
        yield _section(layer.section, layer.model)


def _section(section: Section, model: Any) -> tuple[str, Any]:
    field = Field(title=section.key.capitalize(), description=section.description)
    return section.key, Annotated[dict[section.label, model] | None, field]  # type: ignore[name-defined]


_REMOVED: Final = Annotated[
    list[REMOVED] | None,
    Field(
        title="Removed",
        description="Objects to be ended, each with its reason. Objects only left out of the file stay as they are.",
        examples=[[removal_example()]],
    ),
]
_PLURALS: Final = [kind.section.plural for kind in SECTIONS.values() if isinstance(kind.section, Section)]
AGENCY_DOCUMENT: Final = model_of(
    "AgencyDocument",
    {**dict(_sections()), REMOVED_KEY: _REMOVED},
    f"An agency file: the {listed(_PLURALS)} that the portal should hold.",
    base=Head,
)
