"""Records behave as those of the standard library, whose decorator would cost each start more."""

import copy
import dataclasses
import inspect
import pickle
import re
from collections.abc import Callable, Iterable
from dataclasses import FrozenInstanceError, field
from pathlib import Path
from typing import Any

import pytest

from plan import data_class

TOP = Path(__file__).parents[2]
Decorator = Callable[..., Any]

ALONE = tuple(
    f"agencyfile/{name}" for name in ("local_portal/", "local_sources/", "ci/", "web_origin.py", "retries.py")
)


@data_class.dataclass(frozen=True, slots=True)
class Kept:
    """A record at the top of a module, as pickles need it."""

    name: str
    tags: list[str] = field(default_factory=list, compare=False)


def family(dataclass: Decorator) -> tuple[type[Any], ...]:
    """Records with every option that the project uses, made by one of the two decorators."""

    @dataclass(frozen=True, slots=True)
    class Plain:
        """Doc."""

        name: str
        size: int = 3
        secret: str = field(default="s", repr=False)
        noise: dict[str, int] = field(default_factory=dict, compare=False)

        def longer(self) -> "Plain":
            return dataclasses.replace(self, size=self.size + 1)

    @dataclass(frozen=True, slots=True)
    class Below(Plain):
        """Doc."""

        more: tuple[int, ...] = ()

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        """Doc."""

        first: int = 1
        second: str

    @dataclass(frozen=True, eq=False)
    class Identity:
        """Doc."""

        name: str

    @dataclass(frozen=True)
    class Checked:
        """Doc."""

        name: str

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError("no name")

        def __str__(self) -> str:
            return self.name

    @dataclass(slots=True)
    class Changing:
        """Doc."""

        one: str
        count: int = 0

    @dataclass(frozen=True, slots=True)
    class Empty:
        """Doc."""

    @dataclass(frozen=True, slots=True)
    class Own:
        """Doc."""

        name: str

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    return Plain, Below, Named, Identity, Checked, Changing, Empty, Own


def told(action: Callable[[], object]) -> str:
    """What came of it: a value, or the error in its words."""
    try:
        return repr(action())
    except Exception as error:  # noqa: BLE001 - what is raised is what is compared
        return f"{type(error).__name__}: {error}"


def parameters_of(record: type[Any]) -> Iterable[inspect.Parameter]:
    """What its `__init__` takes, once an object was made."""
    return inspect.signature(record.__init__).parameters.values()


def story(family: tuple[type[Any], ...]) -> list[str]:
    """Whatever can be seen of the records."""
    plain, below, named, identity, checked, changing, empty, own = family
    one, changed = plain("a"), changing("a")
    hash(plain("first"))  # the first object has been made
    actions: list[Callable[[], object]] = [
        lambda: one,
        lambda: plain("a", 4, "t", {"b": 1}),
        lambda: one == plain("a", noise={"x": 1}),
        lambda: (one != plain("b"), one == "a", one == below("a"), below("a") == below("a")),
        lambda: hash(one) == hash(plain("a", noise={"x": 1})),
        lambda: {one: 1}[plain("a")],
        lambda: plain("a").noise is plain("a").noise,
        lambda: below("a", more=(1,)),
        lambda: dataclasses.asdict(below("a", more=(1,))),
        one.longer,
        lambda: dataclasses.replace(one, nothing=1),
        plain,
        lambda: plain("a", 1, "s", {}, 5),
        lambda: plain("a", nothing=1),
        lambda: plain("a", name="b"),
        lambda: setattr(one, "name", "b"),
        lambda: delattr(one, "name"),
        lambda: delattr(below("a"), "more"),
        lambda: one < plain("b"),
        lambda: copy.copy(one),
        lambda: copy.deepcopy(below("a", noise={"x": 1})).noise,
        lambda: hasattr(one, "__dict__"),
        lambda: named(second="x"),
        lambda: named(1, "x"),
        named,
        lambda: (identity("a") == identity("a"), hash(identity("a")) != hash(identity("a"))),
        lambda: setattr(identity("a"), "name", "b"),
        lambda: checked(""),
        lambda: str(checked("a")),
        lambda: setattr(checked("a"), "other", 1),
        lambda: hash(changed),
        lambda: setattr(changed, "count", 5),
        lambda: changed,
        lambda: changed == changing("a", 5),
        lambda: setattr(changed, "nothing", 5),
        lambda: (empty(), empty() == empty(), hash(empty()) == hash(empty())),
        lambda: (own("a"), own("a") == own("b"), hash(own("a"))),
        lambda: [(one.__match_args__, one.__doc__, [str(f.type) for f in dataclasses.fields(one)]) for one in family],
        lambda: [[(p.name, p.kind.name) for p in parameters_of(one)] for one in family],
        lambda: (plain.__init__.__qualname__, plain.__eq__.__qualname__),
    ]
    return [told(action) for action in actions]


def test_record_is_seen_as_one_of_the_standard_library() -> None:
    """Values, errors and their words, equality, hashes, copies and signatures."""
    assert story(family(data_class.dataclass)) == story(family(dataclasses.dataclass))


def test_record_survives_a_pickle() -> None:
    """Also where no object was made in the process that reads it."""
    assert pickle.loads(pickle.dumps(Kept("a", ["b"]))) == Kept("a")
    assert pickle.loads(pickle.dumps(Kept("a", ["b"]))).tags == ["b"]


def test_record_with_a_cycle_has_a_repr() -> None:
    """As that of a list in itself."""
    kept = Kept("a")
    kept.tags.append(kept)  # type: ignore[arg-type]  # that is the point

    assert repr(kept) == "Kept(name='a', tags=[...])"


def test_record_with_a_field_outside_of_init_is_refused() -> None:
    """Nothing here makes such a field; the standard library does."""
    with pytest.raises(TypeError, match="standard library"):

        @data_class.dataclass(frozen=True)
        class Hidden:
            name: str = field(default="a", init=False)


def test_subclass_of_a_record_keeps_attributes_of_its_own() -> None:
    """Only fields are frozen there."""

    class Wider(Kept):
        __slots__ = ("more",)
        more: int

    wider = Wider("a")
    wider.more = 1
    with pytest.raises(FrozenInstanceError):
        wider.name = "b"  # type: ignore[misc]  # that is the point

    assert wider.more == 1


def test_standard_library_makes_few_records() -> None:
    """It does where options need it, and in modules that stand alone: all others are cheap to import."""
    paths = [*(TOP / "plan").rglob("*.py"), *(TOP / "agencyfile").rglob("*.py")]
    found = {
        str(path.relative_to(TOP))
        for path in paths
        if re.search(r"^from dataclasses import .*\bdataclass\b", path.read_text("utf-8"), re.MULTILINE)
    }

    assert {path for path in found if not path.startswith(ALONE)} == {
        "agencyfile/clients/excel/workbook.py",  # a field that no caller gives
        "plan/money.py",  # an order
    }
