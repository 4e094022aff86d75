"""Values change in the text of a file; every other byte stays."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agencyfile.cli.client_files.editing import edited

FILE = """\
# who we work for
clients:   # all of them

  acme-gym:        # since 2019
    name: 'Acme Gym'   # the shop in the High Street
    # the owner reads this one
    email:   owner@acme.example

    language: fr
  beta: {name: Beta, email: "b@beta.example"}  # small

  gamma:
    name: Gamma
    source: {excel: K1}
accounts:
  acme-gym: {client: acme-gym}
"""


def data(text: str) -> object:
    """The data of a file, all texts."""
    return yaml.load(text, Loader=yaml.CBaseLoader)


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("clients", "acme-gym", "name"), "Acme Gyms", "    name: Acme Gyms   # the shop in the High Street"),
        (("clients", "acme-gym", "email"), "new@acme.example", "    email:   new@acme.example"),
        (("clients", "acme-gym", "phone"), "+32 2", "    phone: +32 2"),
        (("clients", "beta", "email"), "c@beta.example", "  beta: {name: Beta, email: c@beta.example}  # small"),
        (("clients", "beta", "country"), "NO", '  beta: {name: Beta, email: "b@beta.example", country: "NO"}  # small'),
        (("clients", "gamma", "source", "excel"), "K2", "    source: {excel: K2}"),
        (("clients", "gamma", "source", "adminpulse"), "8f2c", "    source: {excel: K1, adminpulse: 8f2c}"),
        (("clients", "acme-gym", "source", "excel"), "K9", "    source: {excel: K9}"),
    ],
)
def test_value_is_changed_in_its_place(path: tuple[str, ...], value: str, line: str) -> None:
    """One line differs, or is new; comments, quotes elsewhere and order stay."""
    result = edited(FILE, {path: value})
    before, after = FILE.splitlines(), result.text.splitlines()

    assert result.refused == ()
    assert [one for one in after if one not in before] == [line]
    assert len(after) - len(before) in (0, 1)


@pytest.mark.parametrize(
    "text",
    [
        "clients: {a: {name: &n A, email: x@x.example}, b: {name: *n}}\n",
        "clients:\n  a:\n    name: |\n      A\n",
        "clients:\n  a: &all {name: A}\n  b: *all\n",
        "clients: [a]\n",
        "clients: {a: {name: [A]}}\n",
        "clients: {a: {name: !!str A}}\n",
    ],
)
def test_value_that_others_share_is_left_to_a_person(text: str) -> None:
    """Anchors, aliases, tags, blocks of text: nothing is written, and it is said."""
    path = ("clients", "b" if "b: *" in text else "a", "name")
    result = edited(text, {path: "New"})

    assert (result.text, result.refused) in [(text, (path,)), (result.text, ())]
    if result.refused == ():
        assert data(result.text) != data(text)
    else:
        assert result.text == text


NAMES = st.text(alphabet="abcdefgh-", min_size=1, max_size=8).filter(lambda name: name.strip("-") == name)
VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=20
)
COMMENTS = st.text(alphabet="abc #:{}[]'\"&*!é-", max_size=20).map(lambda text: f"# {text}")


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[str], list[str]]:
    """A file of clients with comments in random places: its text, the names of clients, and the comments."""
    comments: list[str] = []

    def comment(*, is_own_line: bool = False) -> str:
        if not draw(st.booleans()):
            return "" if is_own_line else "\n"
        comments.append(draw(COMMENTS))
        return f"{comments[-1]}\n" if is_own_line else f"  {comments[-1]}\n"

    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    text = comment(is_own_line=True) + "clients:" + comment()
    for name in names:
        words = {"name": draw(VALUES), "email": f"{name}@x.example", "phone": "+32 2 555 01 01"}
        kept = draw(st.lists(st.sampled_from(sorted(words)), min_size=1, unique=True))
        if draw(st.booleans()):
            inner = ", ".join(f"{word}: {_quoted(words[word])}" for word in kept)
            text += f"  {_quoted(name)}: {{{inner}}}" + comment()
        else:
            text += f"  {_quoted(name)}:" + comment()
            for word in kept:
                text += f"    {comment(is_own_line=True)}" if draw(st.booleans()) else ""
                text = text.removesuffix("    ")
                text += f"    {word}: {_quoted(words[word])}" + comment()
        text += draw(st.sampled_from(("", "\n")))
    return text + comment(is_own_line=True), names, comments


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@given(files(), st.sampled_from(("name", "email", "phone", "language")), VALUES, st.data())
def test_edit_keeps_every_comment_and_every_other_value(
    file: tuple[str, list[str], list[str]], word: str, value: str, choose: st.DataObject
) -> None:
    """Over random files: the data are the old ones with that change, and all comments stand in their order."""
    text, names, comments = file
    name = choose.draw(st.sampled_from(names))
    result = edited(text, {("clients", name, word): value})
    expected = data(text)
    assert isinstance(expected, dict)
    expected["clients"][name][word] = value

    assert result.refused == ()
    assert data(result.text) == expected
    position = 0
    for comment in comments:
        position = result.text.index(comment, position) + len(comment)
    assert edited(result.text, {("clients", name, word): value}).text == result.text


def test_line_ends_of_a_file_stay() -> None:
    """A file with CRLF keeps it, on new lines too; one without a last line break gets none in the middle."""
    text = "clients:\r\n  a:\r\n    name: A"
    result = edited(text, {("clients", "a", "email"): "a@a.example"})

    assert data(result.text) == {"clients": {"a": {"name": "A", "email": "a@a.example"}}}
    assert re.sub("\r\n", "", result.text).count("\r") == 0
