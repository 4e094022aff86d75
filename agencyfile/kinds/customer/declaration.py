"""Customer numbers as the language sees them."""

from typing import Final

from agencyfile.declarations.kind import DeclaredKind, Referring, Section
from agencyfile.declarations.names import BlockName
from agencyfile.kinds.customer.model import Customer
from agencyfile.kinds.customer.resource import customer_resources
from agencyfile.kinds.customer.rules import RULES, check_customer

CUSTOMER: Final = DeclaredKind(
    name="customer",
    rules=RULES,
    model=Customer,
    section=Section(
        key="customers",
        plural="customer numbers",
        label=BlockName,
        description="Customer numbers at an operator, with the contacts that get its notices.",
    ),
    is_listed=True,
    references=(
        Referring(word="subscriptions", kind="contact", is_list=True, depth=1),
        Referring(word="services", kind="contact", is_list=True, depth=2),
        Referring(word="billing", kind="contact", is_list=True, depth=2),
    ),
    check_block=check_customer,
    resources=customer_resources,
)
