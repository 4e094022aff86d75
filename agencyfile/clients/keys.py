"""The operating system's keyring, through the optional package `keyring`."""

from importlib.util import find_spec
from typing import Any, Final

from agencyfile.clients.records import SourceError

_SERVICE: Final = "agencyfile"
_INSTALL: Final = "pip install 'agencyfile[keyring]', or set the key in the environment"


class Keyring:
    """One entry of the keyring. `name` says what it is for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def load(self) -> str | None:
        """Return the text of the entry; None where there is none, or no keyring."""
        if not is_installed():
            return None
        try:
            found = _library().get_password(_SERVICE, self._name)
        except Exception:  # noqa: BLE001 - backends raise what they like
            return None
        return found if isinstance(found, str) else None

    def store(self, text: str) -> None:
        """Keep a text.

        Raises:
            SourceError: there is no keyring that keeps it.
        """
        if not is_installed():
            raise SourceError("there is no place for the log-in: the package keyring is not installed", _INSTALL)
        try:
            _library().set_password(_SERVICE, self._name, text)
        except Exception as error:  # noqa: BLE001 - as above
            raise SourceError(f"the keyring does not keep the log-in ({type(error).__name__})", _INSTALL) from None

    def delete(self) -> bool:
        """Remove the entry; return whether there was one."""
        if self.load() is None:
            return False
        _library().delete_password(_SERVICE, self._name)
        return True


def is_installed() -> bool:
    """Return whether the package is installed."""
    return find_spec("keyring") is not None


def _library() -> Any:
    import keyring  # noqa: PLC0415 - optional, and slow to import

    return keyring
