"""Compare a document that came from outside with its published schema, and name every mistake by its place."""

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from agencyfile.cli.render.safe import shortened
from agencyfile.cli.shipped import shipped

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_LONGEST: Final = 200  # characters of one mistake: it may quote a value


def mistakes_in(document: object, schema: str) -> list[str]:
    """Return every mistake of `document`, such as `resource_changes[0].effect: 'odd' is not one of [...]`."""
    return sorted(_mistakes(document, schema))


def _mistakes(document: object, schema: str) -> Iterator[str]:
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - only a document with a mistake pays for it

    for found in _validator(schema).iter_errors(document):
        error = best_match([found]) or found  # of several forms, the one that the value comes closest to
        place = error.json_path.removeprefix("$").removeprefix(".") or "the document"
        yield shortened(f"{place}: {error.message}", _LONGEST)


@cache
def _validator(schema: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - as above

    text = (shipped("schemas") / f"{schema}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))
