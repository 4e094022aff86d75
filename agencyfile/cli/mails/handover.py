"""The mail that hands an account over to its client."""

from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.mails import Mail, MailTemplate, find_template, written
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.workspace import Workspace
from agencyfile.fields.account_names import HOST_SUFFIX, login_url
from agencyfile.fields.vocabulary import PORTAL_LANGUAGES
from plan import Attributes
from plan.provider import OfClient

HANDOVER: Final = "handover"
_CODES: Final = {name: code for code, name in PORTAL_LANGUAGES.items()}
_USER: Final = "admin"  # docs/portal.md rule 72
_ENGLISH: Final = "en"


def handover_mail(workspace: Workspace, account: str, language: str | None = None) -> tuple[Mail, MailTemplate]:
    """Return the mail for the client of an account, in the account's language, and the template that it is made of.

    Raises:
        CommandExit: no block names the account, or a template of the repository cannot be used.
    """
    words = _declared(workspace, account)
    template = find_template(HANDOVER, language or language_of(words), workspace.path.parent)
    values = {
        "client": str(words.get("client.name") or ""),
        "host": f"{account}{HOST_SUFFIX}",
        "address": login_url(account),
        "user": _USER,
        "answer": str(words.get("notification") or ""),
        "agency": workspace.agency,
    }
    return written(template, str(words.get("client.email") or ""), values), template


def language_of(words: Attributes) -> str:
    """Return the language of an account by ISO 639-1; English where the file declares none."""
    return _CODES.get(str(words.get("language")), _ENGLISH)


def _declared(workspace: Workspace, account: str) -> Attributes:
    """Return the block of an account: that of the kind whose resources belong to clients."""
    from agencyfile.kinds import KINDS  # noqa: PLC0415 - only what needs the kinds pays for them

    for resource in workspace.agency_file.resources:
        if resource.address.name == account and isinstance(KINDS[resource.address.kind], OfClient):
            return resource.attributes
    raise CommandExit(
        ExitCode.ERROR, f"no block declares an account {one_line(account)}", fix="agencyfile accounts list --managed"
    )
