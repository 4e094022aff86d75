"""B9: a template's `html` names an HTML file of the agency's folder, and nothing else leaves the machine."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from contract.repositories import git
from security.victim import Victim
from stories import agency

from agencyfile.vault import make_identity

SECRET = "s3cret-of-the-machine"
HTML = "<p>Hello</p>\n"


def with_template(victim: Victim, html: str) -> None:
    """An agency that uploads what `html` names into a new account."""
    body = f"templates:\n  news: {{type: basic, html: {html!r}}}\n"
    text = agency(victim.recipient, body, acme="")
    victim.write(text.replace("  name: northwind\n", "  name: northwind\n  portal: {account_login: true}\n"))


def _git_config(folder: Path) -> str:
    git(folder, "config", "remote.origin.pushurl", f"https://x:{SECRET}@git.example")
    return ".git/config"


def _identity(folder: Path) -> str:
    make_identity(folder / ".agencyfile" / "identity.txt")
    return ".agencyfile/identity.txt"


def _linked_to(target: str) -> Callable[[Path], str]:
    def plant(folder: Path) -> str:
        make_identity(folder / "keys.txt")
        (folder / "templates" / "page.html").symlink_to(folder / target)
        return "templates/page.html"

    return plant


def _behind_a_linked_folder(folder: Path) -> str:
    (folder / "templates" / "sub").symlink_to(folder / ".hidden")
    return "templates/sub/page.html"


def _identity_by_another_name(folder: Path) -> str:
    make_identity(folder / "templates" / "page.html")
    return "templates/page.html"


def _private_key_by_another_name(folder: Path) -> str:
    (folder / "templates" / "page.html").write_text(f"<pre>-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n")
    return "templates/page.html"


def _other_suffix(folder: Path) -> str:
    (folder / "templates" / "page.txt").write_text(SECRET)
    return "templates/page.txt"


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "templates" / "page.html")
    return "templates/page.html"


# How a secret is put where the pull request can name it; each returns the name.
PLANTED: Final[Mapping[str, Callable[[Path], str]]] = {
    "git config": _git_config,
    "identity": _identity,
    "hidden page": lambda _: ".hidden/page.html",
    "link to outside": _linked_to("../outside.html"),
    "link to a hidden page": _linked_to(".hidden/page.html"),
    "link to an identity": _linked_to("keys.txt"),
    "folder that is a link": _behind_a_linked_folder,
    "identity by another name": _identity_by_another_name,
    "private key by another name": _private_key_by_another_name,
    "other suffix": _other_suffix,
    "pipe": _pipe,
}


@pytest.mark.attack("B9", "a template that names a key, a configuration or a page behind a link")
@pytest.mark.parametrize("how", PLANTED)
def test_b09_template_that_names_something_else_is_refused_and_nothing_is_sent(victim: Victim, how: str) -> None:
    """The file is not valid, an apply sends nothing, and no output repeats what the file holds."""
    (victim.folder.parent / "outside.html").write_text(SECRET)
    (victim.folder / ".hidden").mkdir()
    (victim.folder / ".hidden" / "page.html").write_text(SECRET)
    (victim.folder / "templates").mkdir()
    with_template(victim, PLANTED[how](victim.folder))

    ran = [victim.run("validate"), victim.run("apply", "-auto-approve", "--allow", "billed,guard")]

    assert [each.code for each in ran] == [1, 1]
    assert all("template-html" in each.err for each in ran)
    assert not any(word in each.out + each.err for each in ran for word in (SECRET, "AGE-SECRET"))
    assert victim.requests() == []


def test_b09_page_in_the_folder_is_taken_also_through_a_link_and_shown_where_it_stands(victim: Victim) -> None:
    """A reviewer sees the real path."""
    (victim.folder / "shared").mkdir()
    (victim.folder / "shared" / "news.htm").write_text(HTML)
    (victim.folder / "templates").mkdir()
    (victim.folder / "templates" / "page.html").symlink_to(Path("..") / "shared" / "news.htm")
    with_template(victim, "templates/page.html")

    ran = victim.run("plan")

    assert ran.code == 0
    assert "shared/news.htm" in ran.out
    assert "templates/page.html" not in ran.out
