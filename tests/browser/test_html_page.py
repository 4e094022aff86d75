"""The page of a plan in a real browser: found, filtered, folded, copied, printed, read at night and on a telephone."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from browser.page import Page
from rehearsal import Rehearsal
from render.html_documents import every_word, few_changes, many_changes
from selenium.webdriver import Keys
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import WebDriverWait

from agencyfile.cli.render.html import render_html
from agencyfile.cli.render.safe import one_line
from agencyfile.local_portal import RunningPortal

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
DESKTOP, PHONE = (1280, 900), (360, 780)
ROWS = "#changes .list > li"
WORDS = "#changes li dt, #changes li dd, #manual-steps .steps p, #manual-steps dt, #manual-steps dd, .names li"

Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def documents(portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Three plans: a few changes and 2,000 of real agencies, and one with every word that a plan can have."""
    made = {"every": every_word()}
    for name, make in (("few", few_changes), ("many", many_changes)):
        requests.post(f"{portal.url}/_portal/reset", timeout=30).raise_for_status()
        folder = tmp_path_factory.mktemp(name) / "agency"
        folder.mkdir()
        made[name] = make(Rehearsal(folder, portal))
    return made


@pytest.fixture(scope="module")
def files(documents: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Their pages, as a pipeline keeps them."""
    folder = tmp_path_factory.mktemp("pages")
    for name, document in documents.items():
        (folder / f"{name}.html").write_text(render_html(document), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in documents}


@pytest.fixture
def opened(page: Page, files: Mapping[str, Path]) -> Iterator[Opener]:
    """Opens a page by name. At the end nothing was said on the console, and nothing was asked for but the page."""
    page.resize(*DESKTOP)

    def open_page(name: str, fragment: str = "") -> Page:
        page.open(files[name].as_uri() + fragment)
        return page

    yield open_page
    assert page.console == []
    assert {url.partition("#")[0] for url in page.requests} <= {path.as_uri() for path in files.values()}


def test_search_leaves_the_changes_whose_words_all_occur(opened: Opener, documents: Mapping[str, Any]) -> None:
    """Words are found in address, reason and file, in any order and any case; one row of them is the settings."""
    page = opened("many")
    search = page.find("#search")

    search.send_keys("STUDIO-1999 plan")
    _wait(page, "0 of 2,001")
    assert page.text("#no-match") == "No change matches."

    _replace(search, "studio-19 GRANITE")
    addresses = [change["address"] for change in documents["many"]["resource_changes"]]
    wanted = [address for address in addresses if "studio-19" in address and "granite" in address]
    _wait(page, f"{len(wanted)} of 2,001")
    assert _shown(page) == wanted

    for words in ("from snapshot", "studios.yaml"):
        _replace(search, words)
        changes = documents["many"]["resource_changes"]
        number = sum(words in f"{change['reason']} {change['origin']['file']}" for change in changes)
        assert 0 < number < len(changes)
        _wait(page, f"{number:,} of 2,001")

    page.click("#clear")
    _wait(page, "2,001 of 2,001")
    assert search.get_attribute("value") == ""


def test_filters_of_one_facet_add_up_and_facets_narrow(opened: Opener, documents: Mapping[str, Any]) -> None:
    """Create or end; of these what is billed; of these one kind."""
    page = opened("every")
    changes = documents["every"]["resource_changes"]

    _press(page, "action", "create")
    _press(page, "action", "end")
    wanted = [change for change in changes if change["change"]["actions"][0] in ("create", "delete")]
    assert _shown(page) == _addresses(wanted)

    _press(page, "effect", "permanent")
    wanted = [change for change in wanted if change["effect"] == "permanent"]
    assert _shown(page) == _addresses(wanted)

    _press(page, "kind", "credit")
    assert _shown(page) == _addresses(change for change in wanted if change["kind"] == "credit")

    page.click("#clear")
    assert _shown(page) == _addresses(changes)
    assert page.find_all("[aria-pressed=true]") == []


@pytest.mark.parametrize("effect", ["billed", "permanent", "one-shot"])
def test_count_of_what_cannot_be_undone_leads_to_it(opened: Opener, documents: Mapping[str, Any], effect: str) -> None:
    """The first screen says how many; one click shows which."""
    page = opened("every")

    page.click(f"a[data-show={effect}]")

    wanted = [change for change in documents["every"]["resource_changes"] if change["effect"] == effect]
    assert _shown(page) == _addresses(wanted)
    assert page.text(f"a[data-show={effect}]").startswith(f"{len(wanted)} ")


def test_changes_unfold_one_by_one_and_all_at_once(opened: Opener) -> None:
    """The row is the switch, for the mouse and for the keyboard; what is filtered away stays as it is."""
    page = opened("few")
    assert "owner@acme.example" not in page.text()

    account = "[id='account.acme-gym'] summary"
    page.click(account)
    assert "owner@acme.example" in page.text()
    assert page.run("location.hash") == "#account.acme-gym"
    page.find(account).send_keys(Keys.ENTER)
    assert "owner@acme.example" not in page.text()

    _press(page, "action", "change")
    page.click("#expand")
    assert page.run("document.querySelectorAll('#changes details[open]').length") == 1
    page.click("#clear")
    page.click("#expand")
    assert page.run("document.querySelectorAll('#changes details[open]').length") == 4
    page.click("#collapse")
    assert page.find_all("#changes details[open]") == []


def test_link_to_a_change_unfolds_it(opened: Opener, documents: Mapping[str, Any]) -> None:
    """A reviewer can point at one change among 2,000, also where it was filtered away."""
    address = documents["many"]["resource_changes"][1500]["address"]
    page = opened("many", f"#{address}")

    assert page.run("document.querySelector('#changes details[open]').parentElement.id") == address
    assert page.run(f"Math.abs(document.getElementById('{address}').getBoundingClientRect().top) < innerHeight")

    _press(page, "kind", "sandbox")
    assert address not in _shown(page)
    page.run("location.hash = ''")
    page.run(f"location.hash = '{address}'")
    WebDriverWait(page.driver, 5).until(lambda _: address in _shown(page))


def test_theme_follows_the_system_until_one_is_chosen(opened: Opener) -> None:
    """The choice is kept for the next time, and can be given back to the system."""
    page = opened("few")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.run(ground)
    page.emulate(prefers_color_scheme="dark")
    dark = page.run(ground)
    assert light != dark

    page.click(".theme input[value=light]")
    assert page.run(ground) == light
    page.driver.refresh()
    assert page.run(ground) == light

    page.click(".theme input[value=auto]")
    assert page.run(ground) == dark


@pytest.mark.parametrize("name", ["digest", "command"])
def test_copy_puts_the_exact_words_on_the_clipboard(opened: Opener, documents: Mapping[str, Any], name: str) -> None:
    """What is pasted is the digest to approve, or the command that approves it, and nothing else."""
    page = opened("few")
    page.command("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})

    page.click(f"[data-copy={name}]")
    WebDriverWait(page.driver, 5).until(lambda _: page.text(f"[data-copy={name}]") == "Copied")
    page.click(f"[data-copy={name}]")
    assert page.find(".said").get_property("textContent") == f"The {name} is copied."

    digest = documents["few"]["digest"]
    wanted = {"digest": digest, "command": f"agencyfile apply --approved {digest}"}
    assert _pasted(page) == wanted[name]
    WebDriverWait(page.driver, 5).until(lambda _: page.text(f"[data-copy={name}]") == f"Copy {name}")


def test_copy_without_a_clipboard_still_copies(opened: Opener, documents: Mapping[str, Any]) -> None:
    """Where the browser denies the clipboard to scripts, the old way is taken."""
    page = opened("few")
    for permission in ("clipboard-read", "clipboard-write"):
        page.command("Browser.setPermission", {"permission": {"name": permission}, "setting": "denied"})

    page.click("[data-copy=digest]")
    WebDriverWait(page.driver, 5).until(lambda _: page.text("[data-copy=digest]") != "Copy digest")
    page.command("Browser.resetPermissions", {})

    assert page.run("getSelection().toString()") == documents["few"]["digest"]


@pytest.mark.parametrize("name", ["few", "every"])
def test_print_unfolds_everything_and_drops_the_controls(opened: Opener, name: str) -> None:
    """Paper has no folds and no filters: a plan that is printed is printed whole, dark ink on a light ground."""
    page = opened(name)
    page.emulate(prefers_color_scheme="dark")
    page.find("#search").send_keys("nothing has this name")
    _wait(page, f"0 of {len(page.find_all(ROWS))}")

    page.emulate(media="print", prefers_color_scheme="dark")

    assert _unseen(page, WORDS) == []
    assert _unseen(page, "button, #search, .theme") != []
    assert page.run("[...document.querySelectorAll('.script')].every((one) => !one.checkVisibility())")
    assert page.run("getComputedStyle(document.documentElement).colorScheme") == "light"
    pdf = page.command("Page.printToPDF", {"printBackground": True})
    assert len(str(pdf["data"])) > 10_000


@pytest.mark.parametrize("name", ["few", "every", "many"])
def test_page_without_scripts_shows_everything_in_order(
    opened: Opener, documents: Mapping[str, Any], page: Page, name: str
) -> None:
    """No script, no controls: every change of the plan unfolded, in the order of the plan."""
    page.set_scripts(enabled=False)
    opened(name)
    page.set_scripts(enabled=True)  # the page is loaded: this lets the test itself ask

    assert _shown(page) == _addresses(documents[name]["resource_changes"])
    assert _unseen(page, WORDS) == []
    assert page.run("[...document.querySelectorAll('.script')].every((one) => !one.checkVisibility())")


def test_page_of_hostile_names_runs_nothing(opened: Opener) -> None:
    """The names of an attacker are words: no element of theirs, no dialogue, and nothing for the policy to stop."""
    page = opened("every")
    page.click("#expand")

    assert page.run("[document.scripts.length, document.images.length, document.styleSheets.length]") == [1, 0, 1]
    assert "<script>alert(1)</script>" in page.text("header")


def test_page_policy_stops_what_is_not_its_own(page: Page, files: Mapping[str, Path], tmp_path: Path) -> None:
    """A script, a style and a picture that somebody smuggles into the file do nothing: the policy holds."""
    smuggled = (
        "<script>document.title = 'smuggled'</script><style>body{opacity:0}</style>"
        "<img src='https://picture.example/a.png'><p onclick='x' id='p' style='color:red'>"
    )
    path = tmp_path / "smuggled.html"
    path.write_text(files["few"].read_text("utf-8").replace("<main>", f"<main>{smuggled}"), encoding="utf-8")

    page.open(path)

    assert "smuggled" not in str(page.run("document.title"))
    assert page.run("getComputedStyle(document.body).opacity") == "1"
    stopped = [line for line in page.console if "The action has been blocked" in line]
    for what, number in (("inline script", 1), ("inline style", 2), ("inline event handler", 1), ("the image", 1)):
        assert sum(what in line for line in stopped) == number


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["few", "every", "many"])
def test_words_stand_out_from_their_ground(opened: Opener, page: Page, name: str, theme: str) -> None:
    """WCAG 2.2, 1.4.3: every visible text has a contrast of at least 4.5, folded ones too."""
    page.emulate(prefers_color_scheme=theme)
    opened(name)
    page.click("#expand")
    _press(page, "action", "create")
    page.click("#clear")
    _press(page, "action", "create")

    weak = page.run(f"({CONTRAST})()")

    assert weak == []


def test_keyboard_reaches_every_control(opened: Opener) -> None:
    """Tab goes through every control and every row in reading order, and what has the focus is seen to have it."""
    page = opened("few")
    wanted = page.run(f"[...document.querySelectorAll({json.dumps(CONTROLS)})].map({FOCUS})")
    assert isinstance(wanted, list)
    seen: list[str] = []
    for _ in wanted:
        ActionChains(page.driver).send_keys(Keys.TAB).perform()
        seen.append(str(page.run(f"({FOCUS})(document.activeElement)")))
        assert page.run("document.activeElement.matches(':focus-visible')")
        assert page.run(f"({OUTLINE})(document.activeElement)") == "solid"

    assert seen == wanted
    assert seen[:5] == ["#changes", "auto", "billed", "permanent", "#manual-steps"]
    assert {"digest", "command", "expand", "collapse", "create", "change", "end", "search"} < set(seen)
    assert seen.count("SUMMARY") == len(page.find_all(".list > li")) == 7


def test_screen_reader_hears_names_and_no_bare_signs(opened: Opener) -> None:
    """Each control has a name, each sign a word, and the number of changes that is left is told."""
    tree = opened("few").accessible()

    controls = [(role, name) for role, name in tree if role in ("button", "link", "searchbox", "radio", "image", "img")]
    assert all(name for _, name in controls)
    assert ("searchbox", "Search changes by address, reason or file") in controls
    assert {"create", "change", "end", "by hand"} <= {name for role, name in controls if role in ("image", "img")}
    assert ("heading", "Changes 4") in tree
    assert any(role == "status" for role, _ in tree)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("view", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
@pytest.mark.parametrize("name", ["few", "every", "many"])
def test_page_fits_its_view(
    opened: Opener, page: Page, name: str, view: str, size: tuple[int, int], theme: str
) -> None:
    """Nothing is wider than the view, folded or not. The pictures are there to be looked at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.resize(*size)
    page.emulate(prefers_color_scheme=theme)
    opened(name)
    page.screenshot(SCREENSHOTS / f"{name}-{view}-{theme}.png")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")

    page.run("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    page.run("document.querySelector('#changes').scrollIntoView()")
    page.screenshot(SCREENSHOTS / f"{name}-{view}-{theme}-unfolded.png")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    assert page.run(f"({CUT})()") == []

    page.run("document.querySelector('#manual-steps').scrollIntoView()")
    page.screenshot(SCREENSHOTS / f"{name}-{view}-{theme}-manual-steps.png")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    assert page.run(f"({CUT})('#manual-steps .list > li, .listed > *')") == []


def test_page_of_2000_changes_is_small_and_quick(
    opened: Opener, files: Mapping[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Under 3 MB, each of the 3,330 manual steps on it; how long it and its answers take is printed."""
    page = opened("many")
    size = files["many"].stat().st_size
    ready = page.run("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    painted = page.run("performance.getEntriesByType('paint').at(-1).startTime")
    searched = page.driver.execute_async_script(SEARCH_TIME)
    unfolded = page.driver.execute_async_script(UNFOLD_TIME)
    with capsys.disabled():
        print(
            f"\n2,000 changes: {size / 1e6:.2f} MB, first paint {painted:.0f} ms, interactive {ready:.0f} ms, "
            f"search {max(searched):.0f} ms at most per key, all unfolded in {unfolded:.0f} ms"
        )

    assert size < 3_000_000
    assert len(page.find_all(ROWS)) == 2001  # with the settings
    assert page.run("document.querySelectorAll('#manual-steps .listed dt').length") == 3330
    assert len(searched) == 8


# What Tab stops at while every row is folded: of the themes at the chosen one alone, of what is hidden at nothing.
CONTROLS = "a[href]:not(details :not(summary) a), button:not([hidden]), input:checked, #search, summary, .wide"
FOCUS = (
    "(one) => one.id || one.dataset.copy || one.dataset.show || one.value || one.getAttribute('href') || one.tagName"
)
OUTLINE = "(one) => getComputedStyle(one.name === 'theme' ? one.nextElementSibling : one).outlineStyle"
# From a key in the search field to the next frame that shows what it leaves.
SEARCH_TIME = """
const [done] = [...arguments].slice(-1), field = document.querySelector("#search"), times = [];
const type = (letters) => {
  if (!letters) return done(times);
  const start = performance.now();
  field.value += letters[0];
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  const painted = () => { times.push(performance.now() - start); type(letters.slice(1)); };
  requestAnimationFrame(() => requestAnimationFrame(painted));
};
type("studio-1");
"""
UNFOLD_TIME = """
const [done] = [...arguments].slice(-1), start = performance.now();
document.querySelector("#search").value = "";
document.querySelector("#clear").click();
document.querySelector("#expand").click();
requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
"""
# Texts whose contrast with what is painted below them is less than 4.5: colours are blended as they are painted.
CONTRAST = """() => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const blend = (colours) => {
    const key = colours.join();
    if (!known.has(key)) {
      pixel.clearRect(0, 0, 1, 1);
      for (const colour of colours) { pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1); }
      known.set(key, [...pixel.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(key);
  };
  const light = ([...rgb]) => {
    const [r, g, b] = rgb.map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const grounds = (element) => {
    const found = [];
    for (let at = element; at; at = at.parentElement) found.unshift(getComputedStyle(at).backgroundColor);
    return found;
  };
  const weak = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let seen = 0; walker.nextNode() && seen < 6000; ) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest(".said, legend")) continue;
    seen += 1;
    const below = grounds(element);
    const [one, two] = [light(blend(below)), light(blend([...below, getComputedStyle(element).color]))];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (ratio < 4.5) weak.set(element.className || element.tagName, ratio.toFixed(2));
  }
  return [...weak];
}"""
# Texts that leave the row that they stand in.
CUT = """(rows = ".list > li, .overview, header, table") => [
  ...document.querySelectorAll(rows),
].slice(0, 60).flatMap((box) => {
  const edge = box.getBoundingClientRect().right + 1;
  const wide = [...box.querySelectorAll("*")].filter((one) =>
    one.checkVisibility() && !one.closest(".place, .script, bdi") && one.getBoundingClientRect().right > edge);
  return wide.map((one) => one.tagName + " " + one.textContent.slice(0, 40));
})"""


def _addresses(changes: Any) -> list[str]:
    """As the page shows them: with control and direction marks, and line ends, as escapes."""
    return [one_line(change["address"]) for change in changes]


def _shown(page: Page) -> list[str]:
    """The addresses of the changes that are in the list now."""
    script = f"[...document.querySelectorAll('{ROWS}:not([hidden]) .subject')].map((one) => one.textContent)"
    found = page.run(script)
    assert isinstance(found, list)
    return found


def _unseen(page: Page, selector: str) -> list[object]:
    """Which of the first texts of a selector nobody can see: folded, hidden or without a size."""
    script = f"""[...document.querySelectorAll({json.dumps(selector)})].slice(0, 1000).filter((one) =>
        one.textContent.trim() && !(one.checkVisibility() && one.getBoundingClientRect().height)
    ).map((one) => one.textContent)"""
    found = page.run(script)
    assert isinstance(found, list)
    return found


def _press(page: Page, facet: str, value: str) -> None:
    page.click(f"button[data-facet='{facet}'][value='{value}']")
    page.driver.execute_async_script(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))"
    )


def _wait(page: Page, words: str) -> None:
    WebDriverWait(page.driver, 5).until(lambda _: page.text("#shown") == words, message=words)


def _replace(field: Any, words: str) -> None:
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(words)


def _pasted(page: Page) -> str:
    search = page.find("#search")
    search.click()
    search.send_keys(Keys.CONTROL, "v")
    return str(search.get_attribute("value"))
