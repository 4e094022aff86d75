"""Laws over files that nobody wrote."""

import json
from copy import deepcopy
from functools import cache, reduce
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from counted import calls_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampling import examples, sampled

from agencyfile.language import RULES, Loaded, load, render_diagnostic, render_github
from agencyfile.language.redaction import redacted
from plan.forms import encode_diagnostic

CASES = Path(__file__).parent / "cases"
EXAMPLES = sorted(CASES.glob("*/agency.yaml"))
WHOLE = [CASES / "everything/agency.yaml", *sorted(CASES.glob("*/valid.yaml"))]
RELAXED = settings(
    max_examples=examples(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TEXTS = """
[ { ] } &a *a !!x | > " ' # ~ @ : - ? << ${env:X} true [] {} 0123 1e999 \\u0000 \0 \x85 \u2028 \u202e \ufeff
"""
SPICES = st.sampled_from(
    [
        *(text.encode() for text in TEXTS.strip("\n").split(" ")),
        *(b": ", b"- ", b"? ", b"<<: ", b"\n", b"\r", b"\t", b" ", b"\xff", b"---\n", b"...\n", b"f" * 500),
    ]
)


def check(folder: Path, content: bytes) -> Loaded:
    """Load the bytes and render whatever comes of them."""
    path = folder / "agency.yaml"
    path.write_bytes(content)
    result = load(path, {})
    for one in result.diagnostics:
        assert one.rule in RULES
        assert one.origin is not None
        shown = render_diagnostic(one, result.sources, color=False)
        assert all(line.isprintable() or max(line) >= "\u00a0" for line in shown.split("\n"))
        assert "\n" not in render_github(one)
        json.dumps(encode_diagnostic(one))
    assert (result.agency_file is None) == any(one.severity == "error" for one in result.diagnostics)
    return result


@RELAXED
@given(content=st.binary(max_size=300))
def test_any_bytes_give_diagnostics_or_a_file(tmp_path: Path, content: bytes) -> None:
    """No bytes raise, hang, or load without being right."""
    check(tmp_path, content)


@RELAXED
@given(words=st.lists(SPICES, max_size=60))
def test_any_yaml_like_text_gives_diagnostics_or_a_file(tmp_path: Path, words: list[bytes]) -> None:
    """The same for text that looks like YAML."""
    check(tmp_path, b"version: 1\nagency: {name: a}\naccounts: " + b"".join(words))


@RELAXED
@given(
    example=st.sampled_from(EXAMPLES),
    edits=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 12), SPICES), min_size=1, max_size=6),
)
def test_any_mutation_of_an_example_gives_diagnostics_or_a_file(
    tmp_path: Path, example: Path, edits: list[tuple[int, int, bytes]]
) -> None:
    """The same for files that were right, or nearly."""
    content = example.read_bytes()
    for start, length, word in edits:
        start %= len(content) + 1  # noqa: PLW2901
        content = content[:start] + word + content[start + length :]
    check(tmp_path, content)


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, False, 0, -1, 1.5, "x", "", " ", "2", "a.b", "${env:X}", "https://x.example", [], {}, ["x"]),
        *([None], [[]], {"a": 1}, {"x": {}}, {"key": 1}, {"[key]": 1}, {"[mapping]": {}}, {"[false]": 1}),
    ]
)
KEYS = st.sampled_from(
    [
        *("account", "previously", "adopt", "templates", "addons", "conversations", "seats", "trial", "extended"),
        *("api", "key", "url", "branding", "ignore", "removed", "type", "country", "currency", "review", "[key]", "<<"),
    ]
)


@cache
def _parsed(example: Path) -> Any:
    return yaml.safe_load(example.read_text())


def parsed(example: Path) -> Any:
    """An example, to be changed; it is parsed once."""
    return deepcopy(_parsed(example))


def written(document: Any) -> bytes:
    """A changed example as a file, by libyaml: Python alone takes longer for it than what is tested."""
    text: str = yaml.dump(document, Dumper=yaml.CSafeDumper)
    return text.encode()


def places(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of everything in a document."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@RELAXED
@given(example=st.sampled_from(WHOLE), choice=st.data(), count=st.integers(1, 4))
def test_any_value_at_any_place_gives_diagnostics_or_a_file(
    tmp_path: Path, example: Path, choice: st.DataObject, count: int
) -> None:
    """The same for words in the wrong place and values of the wrong form."""
    document = parsed(example)
    for _ in range(count):
        *above, key = choice.draw(st.sampled_from(places(document)[1:]))
        node: Any = reduce(lambda inner, word: inner[word], above, document)
        if choice.draw(st.booleans()) and isinstance(node, dict):
            key = choice.draw(KEYS)
        node[key] = deepcopy(choice.draw(JUNK))
    check(tmp_path, written(document))


STRANGE: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**30, "", "x", "a\tb", {}, [], [[]], [None], ["x"], {"a": 1}, [{"a": 1}]),
    *({"": None}, {"<<": {}}, {"name": 1}, {"[key]": 1}, {"pattern": 1}),
]


@pytest.mark.long
@pytest.mark.parametrize(("number", "example"), list(enumerate(WHOLE)), ids=[path.parent.name for path in WHOLE])
def test_each_strange_value_at_each_place_gives_diagnostics_or_a_file(
    tmp_path: Path, number: int, example: Path
) -> None:
    """The same without chance: every value of the list, at every place of every file."""
    attempts = product(places(parsed(example))[1:], STRANGE)
    for (*above, key), value in sampled(attempts, every=101, start=number):
        document = parsed(example)
        reduce(lambda inner, word: inner[word], above, document)[key] = deepcopy(value)
        check(tmp_path, written(document))


@RELAXED
@given(text=st.text(max_size=300))
def test_redaction_keeps_the_shape_of_any_text(text: str) -> None:
    """Carets fit the masked source as they fit the source."""
    masked = redacted(text)

    assert len(masked) == len(text)
    assert [c for c in masked if c.isspace()] == [c for c in text if c.isspace()]


SECRETS = st.text(alphabet="ABCDEFGHJKLMNP23456789", min_size=12, max_size=20)


@RELAXED
@given(secret=SECRETS, other=st.sampled_from(["", ", hub_api: x", ", nope: 1", ", rate_limit: 0/s"]))
def test_plaintext_secret_is_in_no_output(tmp_path: Path, secret: str, other: str) -> None:
    """A secret that somebody wrote into the file is not repeated, whatever else is wrong on its line."""
    for text in (
        f"version: 1\nagency: {{name: a, portal: {{agency_key: {secret}{other}}}}}\n",
        f"version: 1\nagency: {{name: a, portal: {{hub_key: [{secret}]{other}}}}}\n",
        f"version: 1\nagency:\n  name: a\n  portal:\n    hub_key: >-\n      {secret}\n      {secret}\n",
        f"version: 1\nagency: {{name: a, credentials: {{recipients: [AGE-SECRET-KEY-1{secret}]}}\n",
        f"version: 1\nagency: {{name: a, portal: {{hub_api: 'https://{secret}@host/'}}}}\n",
        f"version: 1\nagency: {{name: a, portal: {{agency_key: '{secret}\n",
        f"version: 1\naccounts: {{a: {{api: {{url: 'https://a.example', key: {secret}{other}}}}}}}\n",
        f"version: 1\naccounts: {{a: {{api: {{url: 'https://{secret}@a.example/', key: x}}}}}}\n",
        f"version: 1\naccounts: {{a: {{api: {{url: 'https://a.example/#{secret}', key: x}}}}}}\n",
        f"version: 1\naccounts:\n  a:\n    api: {secret}\n",
        f"version: 1\naccounts:\n  a:\n    api: [{secret}]\n",
        f"version: 1\nagency:\n  name: a\n  portal:\n    ? agency_key\n    : {secret}\n",
    ):
        result = check(tmp_path, text.encode())
        output = [render_diagnostic(one, result.sources, color=True) for one in result.diagnostics]

        assert result.diagnostics
        assert secret not in "".join([*output, *(map(render_github, result.diagnostics)), *result.sources.values()])


@pytest.mark.rest
def test_file_full_of_mistakes_says_so_and_stops(tmp_path: Path) -> None:
    """Nobody reads thousands of errors, and finding them costs no more for each block the more there are."""
    block = "  Name-{n}: {{client: {{nam: 0x1f, email: no}}, langage: french, timezone: Nowhere, plan: {{tier: 1}}}}\n"
    path = tmp_path / "agency.yaml"

    def check_blocks() -> None:
        result = load(path, {})
        assert len(result.diagnostics) == 1001
        assert result.diagnostics[-1].rule == "too-many-errors"

    counts = []
    for count in (500, 500, 750, 1000):  # the first time is not counted
        blocks = "".join(block.format(n=n) for n in range(count))
        path.write_text(f"version: 1\nagency: {{name: a}}\naccounts:\n{blocks}")
        counts.append(calls_of(check_blocks))

    assert counts[3] - counts[2] <= (counts[2] - counts[1]) * 1.05
