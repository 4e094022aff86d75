"""Mails to clients, in their language: templates that are shipped here, and those of the repository.

A template is text: `Subject: …`, an empty line, and the body. `$client`, `$host`, `$address`, `$user`, `$answer` and
`$agency` stand for values. A line in which one of them has no value is left out. The values come from the agency file
and the portal: each is put in as one line, after the template was read, so that none can add a line, a header or
another placeholder. The mail is plain text, in which no markup means anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from string import Template
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.output import read_text
from agencyfile.cli.render.safe import one_line

FOLDER: Final = "mails"  # beside the agency file
VALUES: Final = ("client", "host", "address", "user", "answer", "agency")
_SHIPPED: Final = Path(__file__).parent
_SUBJECT: Final = re.compile(r"Subject: (.*)\n\s*\n")
_ENGLISH: Final = "en"
_POLICY: Final = SMTP.clone(linesep="\n")  # of a file; who sends it writes the line ends of the protocol
_CLOSEST: Final = {"pt-br": "pt"}  # where there is no template in the language itself


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """A template, its language, and the place that it comes from."""

    language: str
    subject: str
    body: str
    place: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is ready to send."""

    to: str
    name: str
    subject: str
    body: str

    def text(self) -> str:
        """Return it as a person reads it: headers, an empty line, the body."""
        to = f"To: {self.to}\n" if self.to else ""
        return f"{to}Subject: {self.subject}\n\n{self.body}"

    def message(self) -> bytes:
        """Return it as a file for a mail program (RFC 5322)."""
        message = EmailMessage(policy=_POLICY)
        user, _, domain = self.to.rpartition("@")
        if domain:
            message["To"] = MailAddress(self.name, user, domain)
        message["Subject"] = self.subject
        message["X-Unsent"] = "1"  # a mail program opens it as a draft
        message.set_content(self.body)
        return message.as_bytes()


def languages() -> tuple[str, ...]:
    """Return the languages that are shipped."""
    return tuple(sorted(path.name.split(".")[1] for path in _SHIPPED.glob("handover.*.txt")))


def find_template(name: str, language: str, folder: Path) -> MailTemplate:
    """Return a template in a language: that of the repository, or the shipped one, or else the closest, or English.

    Args:
        name: what the mail is for, as in `handover`.
        language: ISO 639-1, as in `fr`.
        folder: the folder of the agency file.

    Raises:
        CommandExit: a file of the repository is no template.
    """
    for wanted in dict.fromkeys((language, _CLOSEST.get(language, language), _ENGLISH)):
        for place in (folder / FOLDER, _SHIPPED):
            path = place / f"{name}.{wanted}.txt"
            if path.is_file():
                return _parsed(path, wanted)
    raise AssertionError(f"there is no template {name} in English")


def _parsed(path: Path, language: str) -> MailTemplate:
    text = read_text(path).replace("\r\n", "\n")
    head = _SUBJECT.match(text)
    if head is None:
        raise CommandExit(
            ExitCode.ERROR, f"{path} is no template of a mail", fix="begin it with `Subject: …` and an empty line"
        )
    found = MailTemplate(language, head[1], text[head.end() :], str(path))
    unknown = sorted((_names(found.subject) | _names(found.body)) - set(VALUES))
    if unknown:
        raise CommandExit(
            ExitCode.ERROR,
            f"{path} names {', '.join(f'${name}' for name in unknown)}, which has no value",
            fix=f"use {', '.join(f'${name}' for name in VALUES)}; write $$ for a dollar sign",
        )
    return found


def _names(text: str) -> set[str]:
    """Return the placeholders of a text; a lone dollar sign is one without a name."""
    found = Template.pattern.finditer(text)
    return {one["named"] or one["braced"] or "" for one in found if one["escaped"] is None}


def written(template: MailTemplate, to: str, values: Mapping[str, str]) -> Mail:
    """Return the mail; a line in which a value is empty is left out."""
    safe = {name: _one_line(values.get(name, "")) for name in VALUES}
    lines = [line for line in template.body.splitlines() if all(safe[name] for name in _names(line))]
    body = re.sub(r"\n{3,}", "\n\n", Template("\n".join(lines)).substitute(safe)).strip()
    subject = " ".join(Template(template.subject).substitute(safe).split())
    return Mail(_one_line(to), safe["client"], subject, f"{body}\n")


def _one_line(text: str) -> str:
    """Return a value without line breaks or signs that steer what shows it."""
    return one_line(" ".join(text.split()))
