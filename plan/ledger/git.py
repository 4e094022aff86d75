"""Git's plumbing in one repository, isolated from the caller's `GIT_*` environment and from the keys in it."""

import contextlib
import logging
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plan.child_environment import without_secrets
from plan.errors import LedgerError

TIMEOUT: Final = 60.0
LOCAL_REMOTES: Final = "AGENCYFILE_ALLOW_LOCAL_REMOTE"

# Set by git for its hooks, or by a person for another repository: they would lead these commands astray.
_FOREIGN: Final = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_ALLOW_PROTOCOL",  # would count for more than the settings below
)
_OURS: Final = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_AUTHOR_NAME": "agencyfile",
    "GIT_AUTHOR_EMAIL": "agencyfile@localhost",
    "GIT_COMMITTER_NAME": "agencyfile",
    "GIT_COMMITTER_EMAIL": "agencyfile@localhost",
}
# Settings of the user that authenticate are kept. Nothing that comes with the files of a repository runs a program: no
# hook, no helper of the index, no remote that is a command, no repository that is hidden in a folder of another one.
SAFE: Final = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "safe.bareRepository=explicit",
)
_SETTINGS: Final = (
    *SAFE,
    "core.fsync=all",
    "core.filesRefLockTimeout=5000",
    "fetch.writeCommitGraph=false",
    "gc.auto=0",
    "i18n.commitEncoding=UTF-8",
    "maintenance.auto=false",
)
_LOG: Final = logging.getLogger(__name__)
_CREDENTIALS: Final = re.compile(r"(\w[\w+.-]*://)[^\s/'\"]*@")
_SHOWN: Final = 8  # words of a command in the log; some take hundreds
_NETWORKED: Final = ("ls-remote", "fetch", "push")  # the commands that log in to a remote
_URL: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)(?:://|::)", re.IGNORECASE)
_SSH: Final = re.compile(r"(?:[^/:@]+@)?(?:[^/:]+|\[[^/\]]+\]):")  # host:path, as scp takes it
_LOCAL: Final = ("file", "ext", "fd")
_QUERY: Final = re.compile(r"(\w[\w+.-]*://[^\s?'\"]*\?)[^\s'\"]*")


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a git command. `reason` is git's own error message, on one line, without credentials."""

    is_ok: bool
    output: bytes = b""
    reason: str = ""

    @property
    def text(self) -> str:
        """The output as one stripped text."""
        return self.output.decode(errors="replace").strip()


class Git:
    """Runs git in the repository that contains `folder`. No hook, prompt, signature, editor or clean-up ever runs."""

    def __init__(self, folder: Path, *settings: str, timeout: float = TIMEOUT) -> None:
        self._folder = folder
        self._settings = tuple(part for setting in (*_SETTINGS, *settings) for part in ("-c", setting))
        self._timeout = timeout

    def with_quiet_ssh(self) -> "Git":
        """The same, but ssh asks no questions, unless the user has a say in how ssh is run."""
        if {"GIT_SSH", "GIT_SSH_COMMAND"} & os.environ.keys() or self.ask("config", "--get", "core.sshCommand").is_ok:
            return self
        return Git(self._folder, f"core.sshCommand={shlex.join(('ssh', '-o', 'BatchMode=yes'))}", timeout=self._timeout)

    def ask(self, *arguments: str, data: bytes = b"") -> Answer:
        """Run one command to its end or its timeout.

        Raises:
            LedgerError: there is no git.
        """
        command = ["git", "-C", str(self._folder), *self._settings, *_file_transport(), *arguments]
        outside = environment(os.environ, may_authenticate=arguments[0] in _NETWORKED)
        begun = time.monotonic()
        try:
            code, output, errors = _run(command, data, self._timeout, outside)
        except FileNotFoundError:
            raise LedgerError(
                "git is not installed, and the ledger is kept on a git branch", fix="install git 2.29 or newer"
            ) from None
        except subprocess.TimeoutExpired:
            return Answer(is_ok=False, reason=f"git {arguments[0]} gave no answer within {self._timeout:g} seconds")
        words = redact(" ".join(arguments[:_SHOWN]))
        _LOG.debug("git %s: exit %d, %.0f ms", words, code, (time.monotonic() - begun) * 1000)
        return Answer(code == 0, output, "" if code == 0 else _reason(code, output, errors))

    def get(self, *arguments: str, data: bytes = b"") -> Answer:
        """Run a command that only fails when the repository is broken.

        Raises:
            LedgerError: it failed, or there is no git.
        """
        answer = self.ask(*arguments, data=data)
        if not answer.is_ok:
            raise LedgerError(
                f"git {arguments[0]} failed in {self._folder}: {answer.reason}", fix="fix the repository: run git fsck"
            )
        return answer

    def blobs(self, oids: Sequence[str]) -> list[bytes]:
        """The contents of several blobs, in one process."""
        content = self.get("cat-file", "--batch", data="".join(f"{oid}\n" for oid in oids).encode()).output
        found: list[bytes] = []
        start = 0
        for oid in oids:
            head_end = content.index(b"\n", start)
            fields = content[start:head_end].split()
            if len(fields) != 3:  # noqa: PLR2004 - "<oid> blob <size>", or "<oid> missing"
                raise LedgerError(f"the repository {self._folder} lacks object {oid}", fix="run git fsck")
            start = head_end + 1 + int(fields[2]) + 1
            found.append(content[head_end + 1 : start - 1])
        return found


def redact(text: str) -> str:
    """Return `text` without the credentials of the URLs in it."""
    return _QUERY.sub(r"\1...", _CREDENTIALS.sub(r"\1***@", text))


def is_local(url: str) -> bool:
    """Does a remote's URL lead to this machine's files, or to a program, without a host in between?"""
    found = _URL.match(url)
    return found["scheme"].lower() in _LOCAL if found else not _SSH.match(url)


def allows_local_remotes() -> bool:
    """May a ledger's remote be a folder of this machine? Only the environment says so, never a file."""
    return os.environ.get(LOCAL_REMOTES, "").lower() in {"1", "true"}


def environment(outside: Mapping[str, str], *, may_authenticate: bool = False) -> dict[str, str]:
    """Return this process's environment without variables that redirect git and without keys."""
    safe = without_secrets(outside, may_authenticate=may_authenticate)
    kept = {name: value for name, value in safe.items() if name not in _FOREIGN and not name.startswith("GIT_TRACE")}
    return {**kept, **_OURS}


def _file_transport() -> tuple[str, ...]:
    return () if allows_local_remotes() else ("-c", "protocol.file.allow=never")


def _run(command: Sequence[str], data: bytes, timeout: float, outside: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    pipe = subprocess.PIPE
    # In a session of its own: a Ctrl-C at the terminal does not tear a push, and a timeout ends all that git started.
    with subprocess.Popen(  # noqa: S603 - no shell; what the user names stands behind "--" or in a full ref
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=outside, start_new_session=True
    ) as process:
        try:
            output, errors = process.communicate(data, timeout)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, output, errors


def _reason(code: int, output: bytes, errors: bytes) -> str:
    refused = [line.split("\t")[-1] for line in output.decode(errors="replace").splitlines() if line.startswith("!\t")]
    said = [line.strip() for line in errors.decode(errors="replace").splitlines() if line.strip()]
    told = [line for line in said if line.startswith(("fatal:", "error:", "remote:"))] or said
    return redact("; ".join(refused + told))[:400] or f"git ended with code {code}"
