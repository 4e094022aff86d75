"""The object by which a kind describes itself to the language."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agencyfile.declarations.declaration import NOTHING, Declaration, Inherit, Merged, Words, merged, places_of
from agencyfile.declarations.report import Report
from plan.address import Address
from plan.resource import Resource
from plan.rule import Rule
from plan.values import Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A mapping of the file from names to blocks of one kind.

    `label` is the form of a name. `plural` is the word for several blocks in a sentence.
    """

    key: str
    plural: str
    label: Any
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The part of `defaults` for blocks of one kind."""

    model: Any
    title: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removable:
    """The ways in which an entry of `removed` can end an object of a kind.

    `actions` says what each action does. Where several kinds have an action, the schema shows the words of the first
    one. `hints` maps other words to actions. Every kind can also be forgotten, without saying so here.
    """

    actions: Mapping[str, str]
    hints: Mapping[str, str] = field(default_factory=dict)
    description: str
    example: str
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """The way in which `import` writes blocks for objects of a kind that the portal lists.

    All blocks stand in one file, named like the section; where `has_own_files`, each has a file of its own. `unseen`
    are words of `defaults` that no list shows: nothing tells whether an imported object has what they say.
    """

    has_own_files: bool = False
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Referring:
    """A word that names a block of the kind `kind`, or a list of such names.

    `depth` is the number of mappings between the word and the list.
    `mistaken` is a diagnostic of its own for the name of a block of another kind: that kind, the rule, and the end of
    the sentence.
    """

    word: str
    kind: str
    is_list: bool = False
    depth: int = 0
    mistaken: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretWord:
    """The path to a word that names an environment variable with a secret.

    `owner` is the word that a fix tells the user to remove when the variable is not set.
    """

    path: tuple[str, ...]
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A section of blocks that blocks of a kind take values from. It declares no objects of the portal.

    A block of the kind names one of them in its word `word`, or several from left to right where it `takes_several`.
    What they give (`gives`) lies over the defaults, and under the words of the block. `identities` are values that no
    two blocks of the section should share, each with what it is; `duplicate` is the rule against it.
    """

    name: str
    word: str
    section: Section
    model: Any
    gives: Callable[[Declaration], Words]
    takes_several: bool = False
    rules: tuple[Rule, ...] = ()
    identities: Callable[[dict[str, Any]], Sequence[tuple[str, str]]] = lambda _words: ()
    duplicate: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredFile:
    """A valid file, as input for making resources.

    `found` holds the blocks of each kind, `defaults` their defaults, `head` the single blocks of the root file, and
    `attached` the contents of files that blocks name. `layered` holds what a block stands on, where that is more than
    the defaults of its kind.
    """

    found: Mapping[str, Sequence[Declaration]]
    defaults: Mapping[str, Words] = field(default_factory=dict)
    head: Mapping[str, Words] = field(default_factory=dict)
    attached: Mapping[Address, Any] = field(default_factory=dict)
    layered: Mapping[Address, Words] = field(default_factory=dict)

    def merged(self, kind: "DeclaredKind") -> Iterator[Merged]:
        """Return every block of a kind, merged over its defaults, or over the layers that it names."""
        below = self.defaults.get(kind.name, NOTHING)
        places = places_of(below)
        for declaration in self.found.get(kind.name, ()):
            layers = self.layered.get(declaration.address)
            if layers is None:
                yield merged(declaration, below, kind.inherit, places)
            else:
                yield merged(_without_names(declaration, kind), layers, kind.inherit, places_of(layers))


def _without_names(declaration: Declaration, kind: "DeclaredKind") -> Declaration:
    """Return the block without the words that name its layers."""
    words = declaration.words or {}
    names = {layer.word for layer in kind.layers if not isinstance(words.get(layer.word), dict)}
    if names.isdisjoint(words):
        return declaration  # most blocks name none
    return replace(declaration, words={word: value for word, value in words.items() if word not in names})


def _never_misplaced(_key: str) -> tuple[str, str] | None:
    return None


def _nothing_to_check(_declaration: Declaration, _below: Words, _report: Report) -> None:
    return None


def _nothing_among(_found: Iterable[Declaration], _report: Report) -> None:
    return None


def _nothing_attached(_declaration: Declaration, _folder: Path, _report: Report) -> Any:
    return None


def _no_resources(_kind: "DeclaredKind", _file: DeclaredFile) -> Iterator[Resource]:
    return iter(())


def _reason_of(values: Mapping[str, Any]) -> str:
    """Return the reason that a block gives; it says so where that is one for not protecting its object."""
    reason: str = values.get("reason", "")
    return f"not protected: {reason}" if reason and values.get("protect") is False else reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredKind:
    """A kind as the language sees it.

    A kind has a `section` of blocks; or it is one block of the root file, below the keys `within`; or it has neither,
    because its words stand in the block of another kind.
    """

    name: str
    rules: tuple[Rule, ...] = ()
    unchecked: Mapping[int, str] = field(default_factory=dict)  # numbered rules of the portal that no file can break
    model: Any = None
    section: Section | None = None
    within: tuple[str, ...] = ()
    defaults: Defaults | None = None
    removable: Removable | None = None
    importing: Importing | None = None  # None where `import` writes no blocks of it
    topics: tuple[str, ...] = ()  # of its manual steps, besides attributes that only a person changes
    is_hosted: bool = False  # its names are host names of the portal, which all such kinds share
    is_listed: bool = False  # the portal lists its objects, so that `ignore` may leave some of them alone
    is_protected: bool = False  # unless the block says otherwise
    required: tuple[str, ...] = ()  # words of a block that adopts nothing
    inherited: tuple[str, ...] = ()  # the same, and its defaults may have them instead
    inherit: Mapping[str, Inherit] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()  # from the lowest to the highest
    references: tuple[Referring, ...] = ()
    secrets: tuple[SecretWord, ...] = ()
    misplaced: Callable[[str], tuple[str, str] | None] = _never_misplaced  # rule and detail of an unknown key
    check_block: Callable[[Declaration, Words, Report], None] = _nothing_to_check
    check_among: Callable[[Iterable[Declaration], Report], None] = _nothing_among
    attachment: Callable[[Declaration, Path, Report], Any] = _nothing_attached  # what a file holds that a block names
    resources: Callable[["DeclaredKind", DeclaredFile], Iterator[Resource]] = _no_resources

    def resource_of(self, one: Merged, attributes: Attributes, **places: str) -> Resource:
        """Return the resource of a block. `places` gives an attribute the place of another word of the block."""
        moved = {name: one.origins[word] for name, word in places.items() if word in one.origins}
        return Resource(
            one.address,
            attributes,
            one.declaration.place.key_at,
            {**one.origins, **moved} if moved else one.origins,
            protect=one.values.get("protect", self.is_protected),
            adopt=one.values.get("adopt", False),
            previously=one.values.get("previously"),
            reason=_reason_of(one.values),
        )
