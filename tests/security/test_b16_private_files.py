"""B16: what may hold client data is for its owner alone, and no link decides where it goes."""

import os
import pty
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from security.victim import Victim
from stories import agency

from agencyfile.files import append_to_file, create_file, replace_file, rewrite_file

MINE = "mine"


def mode(path: Path) -> int:
    """The permissions of a file, the link itself where it is one."""
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The most careless setting that a person can have."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.attack("B16", "files that another user reads, or that a link leads elsewhere")
@pytest.mark.usefixtures("open_umask")
def test_b16_what_commands_write_is_private_and_replaces_links(victim: Victim) -> None:
    """A plan, a ledger, its torn part, an identity and a bug report: 0600, also where a link was planted before."""
    elsewhere = victim.folder.parent / "elsewhere"
    elsewhere.write_text(MINE)
    victim.write(agency(victim.recipient, acme=""))
    (victim.folder / "plan.json").symlink_to(elsewhere)
    (victim.folder / "agencyfile-bug-report.txt").symlink_to(elsewhere)

    assert victim.run("plan", "-out", "plan.json").code == 0
    assert victim.run("apply", "plan.json").code == 0
    with victim.ledger.open("ab") as stream:
        stream.write(b'{"serial": torn')
    victim.write(agency(victim.recipient, acme="", beta=""))
    assert victim.run("apply", "-auto-approve", "--allow", "billed,guard").code == 0
    assert victim.run_line("credentials", "keygen", "--out", "key.txt").code == 0
    crash = (
        "from agencyfile.cli import app; app.root.main = lambda *_, **__: 1 / 0; raise SystemExit(app.run(['version']))"
    )
    assert subprocess.run([sys.executable, "-c", crash], cwd=victim.folder, check=False).returncode == 1

    private = [
        "plan.json",
        "key.txt",
        "agencyfile-bug-report.txt",
        ".agencyfile/ledger.jsonl",
        ".agencyfile/ledger.jsonl.torn",
    ]
    assert {name: oct(mode(victim.folder / name)) for name in private} == dict.fromkeys(private, "0o600")
    assert not any((victim.folder / name).is_symlink() for name in private)
    assert elsewhere.read_text() == MINE


@pytest.mark.attack("B16", "the data of a local portal that another user reads")
@pytest.mark.usefixtures("open_umask")
def test_b16_data_of_a_local_portal_is_private(tmp_path: Path) -> None:
    """Database, journal and keys; a link in the place of the database is refused."""
    command = [sys.executable, "-m", "agencyfile", "portal", "run", "--data", "data", "--"]
    seed = "curl -s $AGENCYFILE_HUB_API/_portal/accounts >/dev/null; stat -c %a data/*"

    done = subprocess.run([*command, "sh", "-c", seed], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert set(done.stdout.split()) == {"600"}
    (tmp_path / "data" / "portal.sqlite3").unlink()
    (tmp_path / "data" / "portal.sqlite3").symlink_to(tmp_path / "elsewhere")
    done = subprocess.run([*command, "true"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.attack("B16", "a job's summary that a link leads elsewhere")
def test_b16_summary_behind_a_link_is_not_written(victim: Victim) -> None:
    """The plan is shown, and the command says what failed."""
    victim.write(agency(victim.recipient, acme=""))
    link = victim.folder / "summary.md"
    link.symlink_to(victim.folder.parent / "elsewhere")

    ran = victim.run("plan", "--summary", environment={"GITHUB_STEP_SUMMARY": str(link)})

    assert ran.code == 1
    assert not (victim.folder.parent / "elsewhere").exists()


def _terminal(folder: Path) -> str:
    return os.ttyname(pty.openpty()[1])


def _null(folder: Path) -> str:
    """A null device of this test alone: code that fails it as root must not take the machine's away."""
    place = folder / "null"
    try:
        os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes a device")
    return str(place)


@pytest.mark.parametrize("make_place", [_terminal, _null, lambda _: "/proc/self/fd/1"])
def test_devices_are_no_place_for_a_file(victim: Victim, make_place: Callable[[Path], str]) -> None:
    """Nothing is put in the place of a device, not even by root."""
    place = make_place(victim.folder.parent)
    before = os.lstat(place)
    victim.write(agency(victim.recipient, acme=""))

    ran = victim.run("plan", "-out", place)

    assert ran.code == 1
    assert "not a place for a file" in ran.err
    assert os.path.samestat(os.lstat(place), before) or place.startswith("/proc")


def test_files_are_whole_or_not_there_and_nothing_is_left_beside_them(tmp_path: Path) -> None:
    """The four ways to write one."""
    path, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(path)

    create_file(path, "one")
    with pytest.raises(FileExistsError):
        create_file(path, "two")
    with pytest.raises(FileExistsError):
        create_file(link, "two")
    replace_file(path, "three")
    path.chmod(0o640)
    rewrite_file(path, "four")
    assert (path.read_text(), mode(path)) == ("four", 0o640)
    replace_file(path, "five")
    assert (path.read_text(), mode(path)) == ("five", 0o600)
    with pytest.raises(OSError, match="symbolic links"):
        append_to_file(link, "six")
    append_to_file(path, "\udc80")
    assert path.read_text() == "five\\udc80"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["file", "link"]
