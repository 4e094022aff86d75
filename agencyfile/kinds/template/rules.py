"""The diagnostics of templates, and the check of their words."""

from typing import Final

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.keys import is_misspelt, keys_of
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import listed
from agencyfile.kinds.template.model import WORDS_OF, Template
from plan.rule import Rule

RULES: Final = (
    Rule("template-type", "Type of template not known", "write type: basic, designer or legacy", "portal.md rule 59"),
    Rule("template-word", "Key of another type of template", "remove the key, or change the type", "portal.md rule 59"),
    Rule(
        "template-html",
        "Template file cannot be used",
        "name a UTF-8 .html or .htm file inside the agency file's folder",
        "portal.md rule 59",
    ),
    Rule("share-link", "Not a share link", "write https://tplshare.com/ and the template's word", "portal.md rule 62"),
)


def check_template(declaration: Declaration, _below: Words, report: Report) -> None:
    """Check that a template has the words of its type and no others (`docs/portal.md` rule 59)."""
    type_ = (declaration.text("type") or "").lower()
    if type_ in WORDS_OF:
        _check_words(declaration, type_, report)


def _check_words(declaration: Declaration, kind: str, report: Report) -> None:
    block, (required, optional) = declaration.block, WORDS_OF[kind]
    for word in required:
        if word not in block and not is_misspelt(block, word, keys_of(Template)):
            detail = f"{declaration.section}.{declaration.address.name} is of type {kind} and has no {word}."
            report.add("missing-key", declaration.place.key_at, detail, fix=f"add {word}:", address=declaration.address)
    for other, (needed, allowed) in WORDS_OF.items():
        for word in (*needed, *allowed):
            if word in block and word not in (*required, *optional):
                detail = (
                    f"{word} is a key of type {other}; a template of type {kind} has {listed((*required, *optional))}."
                )
                report.add("template-word", block.keys_at[word], detail, address=declaration.address)
