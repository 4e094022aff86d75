"""Signatures of entries by SSH keys, made and checked by `ssh-keygen`: git's own way.

`ssh-keygen` speaks to agents and hardware keys, and takes every type of key that the team uses already. So agencyfile
needs no library for it, and no key of its own.
"""

import os
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from plan import Address
from plan.child_environment import without_secrets
from plan.ledger import EntryType
from plan.ledger.signature import SIGNATURE, statement

KEY: Final = "AGENCYFILE_SIGNING_KEY"
_NAMESPACE: Final = "agencyfile"  # a signature for git, or for mail, is none for the ledger
_TIMEOUT: Final = 120.0  # seconds: a hardware key waits for a touch


def signed_body(
    entry_type: EntryType,
    address: Address | None,
    body: Mapping[str, object],
    *,
    agency: str,
    signers: Collection[str] | None,
) -> tuple[Mapping[str, object], str | None]:
    """The body of an entry with its signature, and who signed it; as it is where the agency has no signers.

    Raises:
        CommandExit: as `sign`.
    """
    if signers is None:
        return body, None
    text = statement(agency, entry_type, address, body)
    signature = sign(text, signers)
    return {**body, SIGNATURE: signature}, signer_of(text, signature, signers)


def sign(text: bytes, signers: Collection[str]) -> str:
    """The signature of `text` by the key that the environment names.

    Raises:
        CommandExit: no key is named, it cannot be used, or it belongs to none of `signers`.
    """
    path = os.environ.get(KEY, "").strip()
    if not path:
        raise CommandExit(
            ExitCode.REFUSED,
            "agency.signers says who may approve, and this run has no key to sign with",
            fix=f"export {KEY}=~/.ssh/id_ed25519 (a private key, or a public one whose private half an agent holds)",
        )
    ended = _run("-Y", "sign", "-n", _NAMESPACE, "-f", str(Path(path).expanduser()), data=text)
    if ended.returncode:
        reason = one_line(ended.stderr.decode(errors="replace").strip())[:200]
        raise CommandExit(ExitCode.REFUSED, f"ssh-keygen cannot sign: {reason}", fix=f"mend what {KEY} names")
    signature = ended.stdout.decode(errors="replace")
    if signer_of(text, signature, signers) is None:
        raise CommandExit(
            ExitCode.REFUSED,
            f"the key that {KEY} names belongs to none of agency.signers",
            fix="use the key of a signer; signers are added by an apply that a signer approved",
        )
    return signature


def signer_of(text: bytes, signature: str, signers: Collection[str]) -> str | None:
    """The name of the signer who signed exactly `text`; None where nobody of `signers` did."""
    if not signers:
        return None
    with TemporaryDirectory(prefix="agencyfile-") as folder:
        allowed, signed = Path(folder) / "signers", Path(folder) / "signature"
        allowed.write_text("".join(f"{_allowed(signer)}\n" for signer in signers), encoding="utf-8")
        signed.write_text(signature, encoding="utf-8", errors="replace")
        files = ("-f", str(allowed), "-s", str(signed))
        found = _run("-Y", "find-principals", *files)
        for name in found.stdout.decode(errors="replace").splitlines() if found.returncode == 0 else ():
            checked = _run("-Y", "verify", "-n", _NAMESPACE, "-I", name, *files, data=text)
            if checked.returncode == 0:
                return name
    return None


def _allowed(signer: str) -> str:
    """A line of the allowed signers, for our namespace alone."""
    name, _, key = signer.partition(" ")
    return f'{name} namespaces="{_NAMESPACE}" {key}'


def _run(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command: Sequence[str] = ["ssh-keygen", *arguments]
    try:
        return subprocess.run(  # noqa: S603 - a fixed program, no shell
            command,
            input=data,
            env=without_secrets(os.environ, may_authenticate=False),
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise CommandExit(
            ExitCode.ERROR,
            f"ssh-keygen cannot be run ({type(error).__name__}), and agency.signers wants signatures",
            fix="install OpenSSH 8.2 or newer",
        ) from None
