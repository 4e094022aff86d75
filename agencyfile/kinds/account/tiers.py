"""Keys that only some tiers may have: their value and place, in the account or its defaults."""

from agencyfile.declarations.declaration import Declaration, Words, holder
from agencyfile.declarations.nodes import Block
from plan.address import Origin


def named_by(account: Declaration, below: Words, word: str, key: str) -> tuple[object, bool]:
    """Return the value of `word.key`, and whether the account itself names it."""
    own = holder(word, key, account.block)
    return (own[key], True) if own is not None else (below.values.get(word, {}).get(key), False)


def origin_of(account: Declaration, below: Words, word: str, key: str) -> Origin:
    """Return the place of the account's own value, else of its own tier, else of the value in the defaults."""
    own, plan = holder(word, key, account.block), account.block.get("plan")
    if own is not None:
        return own.values_at[key]
    if isinstance(plan, Block) and "tier" in plan:
        return plan.values_at["tier"]
    origin: Origin = below.block[word].values_at[key]
    return origin
