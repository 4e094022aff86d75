"""The page of a plan, without a browser: what it may hold, and what it never does."""

import json
import os
import re
import shlex
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsal import Rehearsal
from render.html_documents import HOSTILE, every_word, few_changes, many_steps, with_steps_counted
from render.html_reading import Read, read_page

from agencyfile.cli.render.html import render_html
from agencyfile.cli.render.safe import one_line, printable
from plan import Plan
from plan.document import encode


def _every(words: str) -> frozenset[str]:
    return frozenset(words.split())


ELEMENTS = _every("""
    html head meta link title style script body header main section fieldset legend label input output button div p
    h1 h2 a b i small strong span bdi code mark del ins ul ol li dl dt dd details summary pre svg rect
    table thead tbody tr th td
""")
ATTRIBUTES = _every("""
    lang charset http-equiv content name rel href class id type value role hidden placeholder autocomplete spellcheck
    for aria-label aria-hidden aria-pressed data-action data-effect data-kind data-facet data-copy data-show
    x width height scope tabindex
""")
NAMES = st.text(min_size=1, max_size=40) | st.sampled_from(
    [
        HOSTILE,
        "</details>",
        "<!--",
        "]]>",
        "&lt;b&gt;",
        "' onclick='x",
        '" autofocus onfocus="x',
        "javascript:x",
        "\0",
        "\ud800",
    ]
)

_IMPORT = "from agencyfile.cli.render.html import render_html"


@given(name=NAMES, make=st.sampled_from([every_word, many_steps]))
def test_page_holds_no_element_of_a_name(name: str, make: Callable[[], Any]) -> None:
    """Whatever a name is, the page has the renderer's elements and attributes alone, and shows the name as text."""
    page = read_page(render_html(_with_name(make(), name)))

    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert {attribute for _, attributes in page.elements for attribute in attributes} <= ATTRIBUTES
    assert all(str(link["href"]).startswith("#") for link in page.all("a"))
    assert [len(page.all(tag)) for tag in ("script", "style", "link")] == [1, 1, 1]
    assert one_line(name) in page.text


@given(name=NAMES, make=st.sampled_from([every_word, many_steps]))
def test_page_encodes_whatever_the_name_is(name: str, make: Callable[[], Any]) -> None:
    """The page is UTF-8, and no control or direction mark of a name is in it as it is."""
    page = render_html(_with_name(make(), name))

    assert page.encode().decode() == page
    assert set(page) & set("\0\x1b\u202e\u2028\u2029\u2066") == set()


def test_page_policy_allows_its_own_style_and_script_alone() -> None:
    """Nothing may be loaded, framed as a base or sent; the hashes are those of what is in the file."""
    page = read_page(render_html(every_word()))

    policy = dict(part.split(" ", 1) for part in _policy(page).split("; "))
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{_fingerprint(page.raw['style'])}'",
        "script-src": f"'sha256-{_fingerprint(page.raw['script'])}'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_page_names_no_other_place() -> None:
    """No element, no rule of the style and no line of the script asks for anything outside of the file."""
    page = read_page(render_html(every_word()))

    asking = {"src", "srcset", "action", "formaction", "poster", "style", "ping", "xlink:href"}
    assert not asking & {attribute for _, attributes in page.elements for attribute in attributes}
    assert [str(link["href"])[:5] for link in page.all("link")] == ["data:"]
    assert not re.search(r"url\(|@import|https?:|//[a-z]+\.", page.raw["style"])
    assert not re.search(
        r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|import|sendBeacon)\b|https?:", page.raw["script"]
    )
    assert "innerHTML" not in page.raw["script"]


def test_page_shows_everything_of_the_plan(rehearsal: Rehearsal) -> None:
    """Every address, reason, attribute, value, place, call and instruction of a real plan is read on its page."""
    document = few_changes(rehearsal)
    assert _missing(document, read_page(render_html(document))) == []


def test_page_of_every_word_shows_everything() -> None:
    """The same for whatever else a document can hold: drift, diagnostics, unknown outcomes, what is not touched."""
    document = every_word()
    page = read_page(render_html(document))

    assert _missing(document, page) == []
    for words in ("1,500.00 spent + 129.00 of 2,000.00 USD per month", "over by 29.00 USD", "it has 1 error"):
        assert words in page.text


def test_page_of_few_steps_lists_none() -> None:
    """Steps with less than a hundred kilobytes of words are read on the page: nobody has to ask for them."""
    document = many_steps(20)
    page = read_page(render_html(document))

    assert _missing(document, page) == []
    assert page.text.count("Open the account and look.") == 20 * 80
    assert "steps show" not in page.text


def test_page_of_many_steps_has_a_line_for_each() -> None:
    """Name, title, file and line of every step stand there; so does the command for what does not."""
    document = many_steps()
    page = read_page(render_html(document))

    for step in document["manual_steps"]:
        place = f"{step['origin']['file']}:{step['origin']['line']}"
        line = (step["id"], *_without_ticks(step["title"]), place)
        assert [word for word in line if one_line(word) not in page.text] == []
    for words in ("62 manual steps", "clone 60 steps", "agencyfile steps show STEP", "agencyfile steps done STEP"):
        assert words in page.text
    assert "Open the account and look." not in page.text
    assert page.text.count("agencyfile steps show STEP") == 2


def test_page_of_many_steps_keeps_the_words_of_rare_ones() -> None:
    """What is asked once is not lost among what is asked of each account: its topic keeps all its words."""
    document = many_steps()
    page = read_page(render_html(document))

    assert _missing({**document, "manual_steps": document["manual_steps"][:2]}, page) == []


def test_page_of_many_steps_tells_the_ones_that_can_be_done_once() -> None:
    """A step that no later change makes good is marked where it is listed, and so is its topic."""
    document = many_steps()
    before = read_page(render_html(document)).text

    document["manual_steps"][-1]["effect"] = "one-shot"
    with_steps_counted(document)
    after = read_page(render_html(document)).text

    assert after.count("once only") == before.count("once only") + 1
    assert "1 one-shot manual step" in before
    assert "2 one-shot manual steps" in after


@pytest.mark.parametrize("topics", [1, 7])
def test_page_grows_by_a_line_for_each_further_step(topics: int) -> None:
    """Once they have no room, 5,000 steps cost what 5,000 lines cost, however many words each of them has."""
    sizes = []
    for number in (1000, 6000):
        document = many_steps(number)
        for index, step in enumerate(document["manual_steps"][2:]):
            step["topic"] = f"topic-{index % topics}"
        with_steps_counted(document)
        sizes.append(len(render_html(document).encode()))

    line = len(json.dumps([document["manual_steps"][-1][name] for name in ("id", "title", "origin")]))
    assert sizes[1] - sizes[0] < 5000 * 2 * line
    assert 5000 * 2 * line < 5000 * len(document["manual_steps"][-1]["text"])


@pytest.mark.parametrize("make", [few_changes, lambda _: many_steps()], ids=["few", "many steps"])
def test_page_is_the_same_for_the_same_document(rehearsal: Rehearsal, make: Callable[[Rehearsal], Any]) -> None:
    """Byte for byte: after a trip through JSON, and in a process that hashes otherwise."""
    document = make(rehearsal)
    page = render_html(document)

    assert render_html(json.loads(json.dumps(document))) == page
    code = f"import json, sys; {_IMPORT}; print(render_html(json.load(sys.stdin)), end='')"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps(document).encode(),
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        )
        assert done.stdout.decode() == page


def test_page_of_a_newer_document_shows_what_closes_a_step() -> None:
    """A step that can be done once only is counted among what cannot be undone."""
    document = every_word()
    page = read_page(render_html(document))

    assert "1 one-shot manual step" in page.text
    assert "closes by itself when the portal shows it" in page.text
    assert f"agencyfile steps done {shlex.quote(one_line('account.' + HOSTILE + '.trial'))}" in page.text


def test_page_of_an_empty_plan_says_so() -> None:
    """Nothing to change, nothing charged, nothing to approve, nothing to search."""
    page = read_page(render_html(encode(Plan(agency="northwind", desired_digest="d"))))

    for words in ("Nothing to change", "nothing is charged", "0 reads made"):
        assert words in page.text
    assert page.all("section") == []
    assert "pln_" not in page.text


def test_page_with_errors_approves_nothing() -> None:
    """The digest names the plan, the command that would approve it is not offered."""
    page = read_page(render_html(every_word()))

    assert "An apply refuses this plan" in page.text
    assert "--approved" not in page.text


def test_page_action_it_does_not_know_is_shown_as_it_is() -> None:
    """A change of a later format keeps its word."""
    document = every_word()
    document["resource_changes"][0]["change"]["actions"] = ["adopt"]
    page = read_page(render_html(document))

    rows = [row for row in page.all("li") if "data-action" in row]
    assert rows[0]["data-action"] == "adopt"


@pytest.mark.parametrize("deeper", [lambda value: {"a": value}, lambda value: [value], lambda value: {"a": [value]}])
def test_page_shows_what_is_nested_beyond_reason(deeper: Callable[[object], object]) -> None:
    """A forged document of 200 levels is drawn like any other."""
    document = every_word()
    value: object = "at the bottom"
    for _ in range(200):
        value = deeper(value)
    document["resource_changes"][0]["change"]["after"]["deep"] = value

    assert "at the bottom" in read_page(render_html(document)).text


def test_page_ids_are_unique_and_every_link_leads_somewhere() -> None:
    """An address that occurs twice has one id; no address takes the id of a section."""
    document = every_word()
    document["resource_changes"].append(document["resource_changes"][0])
    page = read_page(render_html(document))

    ids = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(link["href"])[1:] for link in page.all("a")} <= set(ids)


@pytest.mark.parametrize("name", ["page.css", "page.js"])
def test_page_parts_cannot_end_their_element(name: str) -> None:
    """What is inlined holds no end tag, no comment and no CDATA, whoever edits it."""
    raw = read_page(render_html(every_word())).raw[{"page.css": "style", "page.js": "script"}[name]]

    assert raw.strip()
    assert not re.search(r"</|<!--|\]\]>", raw)


def _with_name(document: Any, name: str) -> Any:
    """The document with `name` wherever somebody else may choose the words; a forged one chooses all of them."""
    text = json.dumps(document)
    named: Any = json.loads(text.replace(json.dumps(HOSTILE)[1:-1], json.dumps(name)[1:-1]))
    forged = named["resource_changes"][0]
    forged.update(kind=name, effect=name)
    forged["change"]["actions"] = [name]
    named["diagnostics"][0]["severity"] = named["manual_steps"][0]["closes"] = name
    return named


def _policy(page: Read) -> str:
    return next(
        str(meta["content"]) for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    )


def _fingerprint(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _missing(document: Any, page: Read) -> list[str]:
    """What a reviewer of the plan cannot read on its page."""
    return [word for word in _words(document) if one_line(word) not in page.text and printable(word) not in page.text]


def _words(document: Any) -> Iterator[str]:
    """Each word of the plan that a reviewer must be able to read."""
    yield from (document["agency"], document["digest"], *document["unmanaged"])
    for change in document["resource_changes"]:
        yield from (change["address"], *_without_ticks(change["reason"]), f"{change['origin']['file']}:")
        yield from (call["operation"] for call in change["calls"])
        yield from _leaves(change["change"]["after"] if not change["edits"] else None)
        yield from _leaves(change["removal"])
        yield from (word for edit in change["edits"] for word in (edit["attribute"], *_leaves(edit["before"])))
        yield from (word for edit in change["edits"] for word in _leaves(edit["after"]) if "\n" not in word)
    for step in document["manual_steps"]:
        yield from (step["address"], *_without_ticks(step["title"]), *_without_ticks(step["reason"]))
        yield from (part for line in step["text"].split("\n") for part in _without_ticks(line.strip()))
    for found in document["diagnostics"]:
        yield from (found["rule"], found["summary"], *_without_ticks(found["detail"]), *_without_ticks(found["fix"]))
    for intent in document["blocked"]:
        yield from (intent["address"], intent["operation"], intent["time"], str(intent["serial"]))
    for row in document["drift"]:
        yield from (row["address"], row["attribute"], *_leaves(row["applied"]), *_leaves(row["live"]))


def _without_ticks(sentence: str) -> list[str]:
    """The parts of a sentence: what stands between backticks is shown as code, without them."""
    return [part for part in sentence.split("`") if part.strip()]


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (word for item in value.values() for word in _leaves(item))
    elif isinstance(value, list):
        yield from (word for item in value for word in _leaves(item))
    elif value not in (None, "") and not isinstance(value, bool):
        yield str(value)
