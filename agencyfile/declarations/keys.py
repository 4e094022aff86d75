"""Known keys of a block, by its model, and misspelt ones."""

from functools import lru_cache
from itertools import islice
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

from agencyfile.declarations.nodes import Block
from agencyfile.fields.wording import nearest

_COMPARED: Final = 100  # keys of one block that are compared with known words; no honest block has more


@lru_cache(maxsize=128)
def keys_of(model: Any, *names: str) -> frozenset[str]:
    """Return the keys of the mapping below `names` in a block of this model. Write a name that the user chose as ""."""
    for name in names:
        model = _member(model, name)
    return frozenset(get_type_hints(model)) if is_typeddict(model) else frozenset()


def _member(model: Any, name: str) -> Any:
    found = get_type_hints(model).get(name) if is_typeddict(model) else None
    if get_origin(model) in (dict, list):
        found = get_args(model)[-1]
    is_union = get_origin(found) is Union or type(found).__name__ == "UnionType"
    return next(filter(_holds_keys, get_args(found)), None) if is_union else found


def _holds_keys(model: Any) -> bool:
    """Return whether a mistake can be below such a value: of a union, that is the mapping or list."""
    return is_typeddict(model) or get_origin(model) in (dict, list)


def is_misspelt(block: Block, word: str, known: frozenset[str]) -> bool:
    """Return whether some key most likely means `word`, or merges blocks. Then `word` is not reported as missing."""
    keys = islice(block, _COMPARED)
    return any(key == "<<" or (key not in known and nearest(key, known) == word) for key in keys)
