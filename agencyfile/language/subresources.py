"""What belongs to an account and is a resource of its own: addons, branding; and the portal's default settings."""

from collections.abc import Iterator, Mapping
from typing import Any

from agencyfile.language.defaults import Words, holder
from agencyfile.language.document import Block
from plan.address import Address, Origin
from plan.resource import Resource
from plan.values import Reference, Value


def make_addons(
    account: Address, addons: Mapping[str, Any], origins: Mapping[str, Origin], blocks: tuple[Block, Block]
) -> Iterator[Resource]:
    """One resource for each addon that the account, or its defaults, name (`portal.md` 1.2).

    `blocks` are the account and its defaults: `origins` knows the places of values, not those of keys.
    """
    for addon, value in addons.items():
        block = holder("addons", addon, *blocks) or Block()
        attributes = {"account": Reference(account), "addon": addon, **_state(addon, value)}
        places = {"status": origins[f"addons.{addon}"]}
        if "seats" in attributes:
            places["seats"] = block[addon].values_at["seats"]
        yield Resource(Address("addon", f"{account.name}.{addon}"), attributes, block.keys_at[addon], places)


def _state(addon: str, value: Any) -> dict[str, Value]:
    """What the portal is told of the addon."""
    if addon == "scoring":
        return {"status": "active" if value else "inactive"}
    if value is False:
        return {"status": "cancel"}
    return {"status": "trial" if value.get("trial") else "paid", "seats": value["seats"]}


def make_branding(account: Address, values: Mapping[str, Any], origins: Mapping[str, Origin]) -> Iterator[Resource]:
    """How the account looks, where anything is said about it (`portal.md` rule 51)."""
    branding = values["branding"]
    if not branding:
        return
    attributes: dict[str, Value] = {"account": Reference(account), **branding}
    places = {word: origins[f"branding.{word}"] for word in branding}
    if "api" in values:
        attributes["api"] = values["api"]["url"]
        places["api"] = origins["api.url"]
    yield Resource(Address("branding", account.name), attributes, origins["branding"], places)


def make_settings(settings: Words) -> Iterator[Resource]:
    """The portal's default account settings, where the file names any (`portal.md` rules 50, 57 and 58)."""
    values, block = settings.values, settings.block
    attributes: dict[str, Value] = {f"branding.{word}": value for word, value in values.get("branding", {}).items()}
    places = {name: block["branding"].values_at[name.partition(".")[2]] for name in attributes}
    if "templates" in values:
        attributes["templates"] = tuple(values["templates"])
    if "apply_to_existing" in values:
        attributes["apply_to_existing"] = values["apply_to_existing"]
    places |= {name: block.values_at[name] for name in ("templates", "apply_to_existing") if name in values}
    if attributes:
        yield Resource(Address("settings", "account"), attributes, min(block.keys_at.values()), places)
