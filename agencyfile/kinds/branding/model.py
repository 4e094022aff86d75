"""Branding of an account, as a file declares it."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.forms import STRICT
from agencyfile.fields import links

Image: TypeAlias = Annotated[
    str,
    AfterValidator(links.parse_image),
    Field(json_schema_extra={"format": "uri", "pattern": patterns.IMAGE}),
]


class Branding(TypedDict, total=False):
    """Look of an account for the people who use it. A key that is not named is not managed."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    site_name: Annotated[str, Field(title="Site name", description="Name of the site.", examples=["Acme Mail"])]
    site_logo: Annotated[
        Image, Field(title="Logo", description="Address of the logo.", examples=["https://acme.example/logo.png"])
    ]
    site_logo_small: Annotated[
        Image,
        Field(
            title="Small logo", description="Address of the small logo.", examples=["https://acme.example/small.png"]
        ),
    ]
    favicon: Annotated[
        Image,
        Field(
            title="Favicon",
            description="Address of the icon that browsers show.",
            examples=["https://acme.example/favicon.ico"],
        ),
    ]
    header_text: Annotated[
        str,
        Field(
            title="Header text",
            description="Text above every page; or in every email.",
            examples=["Acme Mail"],
        ),
    ]
    header_html: Annotated[
        str,
        Field(
            title="Header HTML",
            description="HTML above every page; or in every email. On one line.",
            examples=["<b>Acme Mail</b>"],
        ),
    ]
    footer_text: Annotated[
        str,
        Field(
            title="Footer text",
            description="Text below every page; or in every email.",
            examples=["Acme Gym, Paris"],
        ),
    ]
    footer_html: Annotated[
        str,
        Field(
            title="Footer HTML",
            description="HTML below every page; or in every email. On one line.",
            examples=["<i>Acme Gym</i>"],
        ),
    ]
    copyright: Annotated[
        bool, Field(title="Copyright", description="Whether the vendor's copyright is shown.", examples=[False])
    ]
    version: Annotated[bool, Field(title="Version", description="Whether the version is shown.", examples=[False])]
    license: Annotated[bool, Field(title="License", description="Whether the license is shown.", examples=[False])]
    links: Annotated[bool, Field(title="Links", description="Whether the vendor's links are shown.", examples=[False])]
    help: Annotated[bool, Field(title="Help", description="Whether the vendor's help is shown.", examples=[False])]
