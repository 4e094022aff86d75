"""Templates: what each type needs, and which of them an account gets."""

from collections.abc import Iterable, Mapping
from typing import Any

from agencyfile.fields.vocabulary import TEMPLATE_WORDS
from agencyfile.fields.wording import listed
from agencyfile.language.declarations import Declaration
from agencyfile.language.problems import is_misspelt, known_keys
from agencyfile.language.report import Report
from agencyfile.language.template_files import TemplateFile
from plan.address import Address
from plan.values import Reference, Value


def check_templates(found: Iterable[Declaration], report: Report) -> None:
    """Each template has the words of its type, and no other (`portal.md` rule 59)."""
    for declaration in found:
        kind = declaration.text("type") if declaration.section == "templates" else None
        if kind is not None and kind.lower() in TEMPLATE_WORDS:
            _check_words(declaration, kind.lower(), report)


def _check_words(declaration: Declaration, kind: str, report: Report) -> None:
    block, (required, optional) = declaration.block, TEMPLATE_WORDS[kind]
    for word in required:
        if word not in block and not is_misspelt(block, word, known_keys(("templates", ""))):
            detail = f"templates.{declaration.address.name} is of type {kind} and has no {word}."
            report.add("missing-key", declaration.place.key_at, detail, fix=f"add {word}:", address=declaration.address)
    for other, (needed, allowed) in TEMPLATE_WORDS.items():
        for word in (*needed, *allowed):
            if word in block and word not in (*required, *optional):
                detail = (
                    f"{word} is a key of type {other}; a template of type {kind} has {listed((*required, *optional))}."
                )
                report.add("template-word", block.keys_at[word], detail, address=declaration.address)


def template_attributes(values: Mapping[str, Any], file: TemplateFile | None) -> dict[str, Value]:
    """Type and words of a template; of a basic one what its file holds, too."""
    attributes: dict[str, Value] = {"type": values["type"]}
    attributes.update({word: values[word] for word in ("html", "share_link", "source_account") if word in values})
    if file is not None:
        attributes |= {"html": file.path, "content": file.content}
    if "tags" in values:
        attributes["tags"] = tuple(values["tags"])
    return attributes


class TemplateLists:
    """The templates that accounts get. Accounts with the same list share it, because there may be many of them."""

    def __init__(self, found: Iterable[Declaration], given: Iterable[str]) -> None:
        """`given` are the names that the portal gives to each new account by itself (`portal.md` rule 57)."""
        names = {one.address.name for one in found if one.section == "templates"}
        self._made: dict[tuple[str, ...], tuple[Reference, ...]] = {}
        self.every = self.named(sorted(names.difference(given)))

    def named(self, names: Iterable[str]) -> tuple[Reference, ...]:
        """References to these templates, in this order."""
        key = tuple(names)
        if key not in self._made:
            self._made[key] = tuple(Reference(Address("template", name)) for name in key)
        return self._made[key]
