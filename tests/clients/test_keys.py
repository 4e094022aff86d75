"""Log-ins in the operating system's keyring: kept there, used from there, forgotten on demand."""

from collections.abc import Iterator

import keyring
import pytest
from clients.test_adminpulse import browse
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from rehearsal import Rehearsal

from agencyfile import local_sources
from agencyfile.cli.client_files import sources
from agencyfile.clients.keys import Keyring


class Chest(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is held."""
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Hold it."""
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Drop it."""
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def chest() -> Iterator[Chest]:
    """The keyring of this process."""
    before, made = keyring.get_keyring(), Chest()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_keyring_keeps_and_forgets(chest: Chest) -> None:
    """One entry for each source."""
    entry = Keyring("adminpulse")
    entry.store("secret-in-a-chest-51")

    assert (entry.load(), list(chest.held)) == ("secret-in-a-chest-51", [("agencyfile", "adminpulse")])
    assert (entry.delete(), entry.delete(), entry.load()) == (True, False, None)


def test_connect_logs_in_once_and_import_uses_the_log_in(
    chest: Chest, rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person logs in in the browser; later commands need no browser, until the log-in is forgotten."""
    rehearsal.write("version: 1\nagency: {name: northwind}\ninclude: [clients/*.yaml]\n")
    with local_sources.running(local_sources.Settings("adminpulse", clients=4)) as (where, _):
        environment = {
            "AGENCYFILE_ADMINPULSE_URL": where.url,
            "AGENCYFILE_ADMINPULSE_AUTHORIZE_URL": where.more["authorize_url"],
            "AGENCYFILE_ADMINPULSE_TOKEN_URL": where.more["token_url"],
            "AGENCYFILE_ADMINPULSE_CLIENT_ID": where.more["client_id"],
        }
        monkeypatch.setattr(sources, "_show", browse)  # the person at the browser
        arguments = ("clients", "import", "adminpulse", "-f", str(rehearsal.file))
        before = rehearsal.run(*arguments, environment=environment)
        connected = rehearsal.run("clients", "connect", "adminpulse", environment=environment)
        monkeypatch.delattr(sources, "_show")
        after = rehearsal.run(*arguments, environment=environment)
        forgotten = rehearsal.run("clients", "connect", "adminpulse", "--forget", environment=environment)

    assert "nobody has logged in" in before.err
    assert "connected: AdminPulse" in connected.out
    assert "4 new" in after.out
    assert forgotten.out == "forgotten\n"
    assert chest.held == {}
    written = "".join(path.read_text() for path in rehearsal.folder.rglob("*.yaml"))
    assert "access" not in written
