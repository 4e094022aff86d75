"""Templates."""

from typing import Final

from plan.rule import Rule

TEMPLATES: Final = (
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
