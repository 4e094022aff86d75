"""Random agencies for the toy provider."""

from engine.toy import ORIGIN
from hypothesis import strategies as st

from plan import Address, Reference, Resource, Value

NAMES = [f"n{number}" for number in range(6)]

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.text(max_size=6),
    st.lists(st.integers(0, 3), max_size=3).map(tuple),
)
NESTED: st.SearchStrategy[Value] = st.recursive(
    VALUES, lambda inner: st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3), max_leaves=5
)


@st.composite
def agencies(draw: st.DrawFn) -> list[Resource]:
    """Resources that refer only to names before their own: no circle."""
    resources: list[Resource] = []
    for number, name in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=6))):
        attributes: dict[str, Value] = draw(
            st.fixed_dictionaries({}, optional={"size": NESTED, "colour": st.sampled_from(["red", "blue"])})
        )
        if number and draw(st.booleans()):
            attributes["source"] = Reference(draw(st.sampled_from([item.address for item in resources])))
        kind = draw(st.sampled_from(["thing", "paid"]))
        resources.append(Resource(Address(kind, name), attributes, ORIGIN))
    return resources


@st.composite
def portals(draw: st.DrawFn) -> dict[Address, dict[str, Value]]:
    """Objects that are live already, some of them named by nobody."""
    return draw(
        st.dictionaries(
            st.builds(Address, st.sampled_from(["thing", "paid"]), st.sampled_from([*NAMES, "foreign"])),
            st.fixed_dictionaries({"size": NESTED, "colour": st.sampled_from(["red", "blue", "green"])}),
            max_size=4,
        )
    )
