"""The sources by their names on the command line."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import yaml

from agencyfile.cli.endpoints import key_of, number_of
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from agencyfile.clients.adminconsult.source import PER_MINUTE as CONSULT_RATE
from agencyfile.clients.adminconsult.source import AdminConsult
from agencyfile.clients.adminpulse.login import LogIn
from agencyfile.clients.adminpulse.source import BASE, PER_MINUTE, AdminPulse, KeyAccess, TokenAccess
from agencyfile.clients.adminpulse.tokens import Credential, TokenServer
from agencyfile.clients.excel.layouts import FIELDS, Layout, declared_layout
from agencyfile.clients.excel.workbook import Workbook
from agencyfile.clients.keys import Keyring
from agencyfile.clients.records import Source
from agencyfile.clients.service import Service
from agencyfile.clients.waiting import Patience

SYSTEMS: Final = ("adminpulse", "adminconsult")
_LONGEST_WAIT: Final = 360.0  # seconds; a first connection takes about five minutes


def open_source(name: str, columns: Path | None) -> Source:
    """Return the source of that name, or the workbook at that path.

    Raises:
        CommandExit: there is none, or its credential is missing.
        SourceError: its address cannot be used.
    """
    if columns is not None:
        return Workbook(Path(name), (declared_columns(columns),))
    if name == "adminpulse":
        return adminpulse()
    if name == "adminconsult":
        return _adminconsult()
    if not name.lower().endswith(".xlsx"):
        raise CommandExit(
            ExitCode.USAGE, f"{one_line(name)} is neither adminpulse, adminconsult nor a workbook (PATH.xlsx)"
        )
    return Workbook(Path(name))


def connectable(name: str) -> Source:
    """Return the source; where it needs a log-in and nobody has logged in, let a person do so first.

    Raises:
        CommandExit: as `open_source`.
        SourceError: the log-in failed.
    """
    if name != "adminpulse" or key_of("AGENCYFILE_ADMINPULSE_KEY"):
        return open_source(name, None)
    access = _token_access()
    if not access.is_logged_in:
        _log_in(access)
    return adminpulse(access)


def forget_source(name: str) -> bool:
    """Remove the log-in of a source from the keyring; return whether there was one."""
    if name not in SYSTEMS:
        raise CommandExit(ExitCode.USAGE, f"{one_line(name)} keeps nothing in the keyring")
    return Keyring(name).delete()


def adminpulse(access: TokenAccess | None = None) -> AdminPulse:
    """Return AdminPulse with a key of the environment, or else with the log-in that the keyring keeps."""
    key = key_of("AGENCYFILE_ADMINPULSE_KEY")
    service = Service(os.environ.get("AGENCYFILE_ADMINPULSE_URL") or BASE, PER_MINUTE, [key] if key else [], _tell)
    if key is not None:
        return AdminPulse(service, KeyAccess(key), _patience())
    return AdminPulse(service, access or _token_access(), _patience())


def _adminconsult() -> AdminConsult:
    url, key = os.environ.get("AGENCYFILE_ADMINCONSULT_URL"), key_of("AGENCYFILE_ADMINCONSULT_KEY")
    if not url or key is None:
        raise CommandExit(
            ExitCode.ERROR,
            "the address or the key of Admin Consult is missing",
            fix="export AGENCYFILE_ADMINCONSULT_URL=https://HOST:PORT AGENCYFILE_ADMINCONSULT_KEY=... (or *_KEY_FILE)",
        )
    return AdminConsult(Service(url, CONSULT_RATE, [key], _tell), key, _patience())


def _token_access() -> TokenAccess:
    url = os.environ.get("AGENCYFILE_ADMINPULSE_TOKEN_URL")
    client_id = os.environ.get("AGENCYFILE_ADMINPULSE_CLIENT_ID")
    if not url or not client_id:
        raise CommandExit(
            ExitCode.ERROR,
            "the key of AdminPulse is missing",
            fix="export AGENCYFILE_ADMINPULSE_KEY=..., or what a log-in needs: see docs/how-to/import-clients.md",
        )
    secret = key_of("AGENCYFILE_ADMINPULSE_CLIENT_SECRET")
    service = Service(url, PER_MINUTE, [secret] if secret else [], _tell)
    return TokenAccess(TokenServer(service, Credential(client_id, secret)), Keyring("adminpulse"))


def _log_in(access: TokenAccess) -> None:
    url = os.environ.get("AGENCYFILE_ADMINPULSE_AUTHORIZE_URL")
    if not url:
        raise CommandExit(
            ExitCode.ERROR,
            "the address to log in at is missing",
            fix="export AGENCYFILE_ADMINPULSE_AUTHORIZE_URL=https://..., as AdminPulse told you with the client id",
        )
    log_in = LogIn(
        url,
        os.environ["AGENCYFILE_ADMINPULSE_CLIENT_ID"],
        os.environ.get("AGENCYFILE_ADMINPULSE_SCOPE", ""),
        int(number_of("AGENCYFILE_ADMINPULSE_REDIRECT_PORT", 0, least=0)),
        has_pkce=os.environ.get("AGENCYFILE_ADMINPULSE_PKCE", "").lower() not in ("off", "false", "0"),
    )
    access.log_in(log_in, _show)


def _show(address: str) -> None:
    click.echo(f"Open this address and log in:\n\n  {one_line(address)}\n", err=True)


def _patience() -> Patience:
    return Patience(number_of("AGENCYFILE_CLIENTS_WAIT", _LONGEST_WAIT, least=0))


def _tell(line: str) -> None:
    click.echo(one_line(line), err=True)


def declared_columns(path: Path) -> Layout:
    """Read the columns that a file declares: headers by field.

    Raises:
        CommandExit: the file declares something else.
    """
    try:
        found: Any = yaml.load(path.read_bytes()[:65536].decode("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandExit(ExitCode.USAGE, f"{path} cannot be read ({type(error).__name__})") from None
    if not isinstance(found, Mapping) or not all(name in FIELDS for name in found):
        raise CommandExit(
            ExitCode.USAGE,
            f"{path} is no mapping of fields to headers of columns",
            fix=f"write FIELD: HEADER for the fields {', '.join(FIELDS)}",
        )
    return declared_layout({str(name): _headers(path, headers) for name, headers in found.items()})


def _headers(path: Path, value: object) -> Sequence[str]:
    headers = [value] if isinstance(value, str) else value
    if not isinstance(headers, list) or not all(isinstance(header, str) for header in headers):
        raise CommandExit(ExitCode.USAGE, f"{path} names something else than headers of columns")
    return headers
