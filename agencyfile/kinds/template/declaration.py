"""Templates as the language sees them."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind, Section
from agencyfile.declarations.names import BlockName
from agencyfile.kinds.template.files import template_file
from agencyfile.kinds.template.model import Template
from agencyfile.kinds.template.resource import template_resources
from agencyfile.kinds.template.rules import RULES, check_template

TEMPLATE: Final = DeclaredKind(
    name="template",
    rules=RULES,
    model=Template,
    section=Section(key="templates", plural="templates", label=BlockName, description="Templates by name."),
    check_block=check_template,
    attachment=template_file,
    resources=template_resources,
)
