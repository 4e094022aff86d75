"""Addons as resources."""

from collections.abc import Iterator
from typing import Any

from agencyfile.declarations.declaration import Merged, holder
from agencyfile.declarations.nodes import Block
from plan.address import Address
from plan.resource import Resource
from plan.values import Reference, Value


def addons_of(account: Merged) -> Iterator[Resource]:
    """Return one resource for each addon in the block of the account or in its defaults (`docs/portal.md` 1.2)."""
    for addon, value in account.values.get("addons", {}).items():
        block = holder("addons", addon, account.declaration.block, account.below.block) or Block()
        attributes = {"account": Reference(account.address), "addon": addon, **_state(addon, value)}
        places = {"status": account.origins[f"addons.{addon}"]}
        if "seats" in attributes:
            places["seats"] = block[addon].values_at["seats"]
        yield Resource(Address("addon", f"{account.address.name}.{addon}"), attributes, block.keys_at[addon], places)


def _state(addon: str, value: Any) -> dict[str, Value]:
    """Return the attributes of an addon."""
    if addon == "scoring":
        return {"status": "active" if value else "inactive"}
    if value is False:
        return {"status": "cancel"}
    return {"status": "trial" if value.get("trial") else "paid", "seats": value["seats"]}
