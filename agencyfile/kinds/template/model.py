"""Templates, as a file declares them: the keys of each type."""

from typing import Annotated, Any, Final, Required

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import NamedBefore, words
from agencyfile.declarations.names import AccountLabel
from agencyfile.fields import links, values

TYPES: Final = ("basic", "designer", "legacy")  # docs/portal.md rule 59
WORDS_OF: Final = {  # what a template of each type must have, and may have
    "basic": (("html",), ("tags",)),
    "designer": (("share_link",), ()),
    "legacy": (("source_account",), ()),
}
_HINTS: Final = {"html": "basic", "new": "designer", "share": "designer", "old": "legacy", "classic": "legacy"}


def _of_type(kind: str) -> dict[str, Any]:
    """Return the part of a schema that allows only the keys of one type of template."""
    required, optional = WORDS_OF[kind]
    others = {word for both in WORDS_OF.values() for each in both for word in each}
    return {
        "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
        "then": {
            "required": list(required),
            "properties": dict.fromkeys(sorted(others - {*required, *optional}), False),
        },
    }


_BY_TYPE: Final = {"allOf": [_of_type(kind) for kind in TYPES]}


class Template(TypedDict, total=False):
    """A template for accounts: basic HTML, the share link of a designer template, or one of the old designer."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, json_schema_extra=_BY_TYPE)  # type: ignore[misc]
    type: Required[
        Annotated[
            str,
            AfterValidator(values.one_of("template-type", "a type of template", TYPES, _HINTS)),
            Field(
                title="Type",
                description="Type of the template: basic is HTML, designer a share link, legacy the old designer's.",
                examples=["basic"],
                json_schema_extra=words(TYPES),
            ),
        ]
    ]
    html: Annotated[
        str,
        Field(
            title="HTML file",
            description="Of a basic template: path of its HTML, from the agency file's folder.",
            examples=["templates/newsletter.html"],
            json_schema_extra={"minLength": 1},
        ),
    ]
    tags: Annotated[
        list[str], Field(title="Tags", description="Of a basic template: its tags.", examples=[["fitness"]])
    ]
    share_link: Annotated[
        str,
        AfterValidator(links.parse_share_link),
        Field(
            title="Share link",
            description="Of a designer template: the link under which it is shared.",
            examples=["https://tplshare.com/abc123"],
            json_schema_extra={"format": "uri", "pattern": patterns.SHARE_LINK},
        ),
    ]
    source_account: Annotated[
        AccountLabel,
        Field(
            title="Source account",
            description="Of a legacy template: login name of the account that holds it, declared here or not.",
            examples=["northwind"],
        ),
    ]
    previously: NamedBefore
