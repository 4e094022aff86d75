"""Carry out the steps of the Containerfiles in an empty Debian, without a container engine.

debootstrap, which is installed if it is missing, makes the root that stands for the base image: the same Debian and the
same Python, with what the image has besides (pip, certificates). Each stage is a copy of it. COPY, RUN, ENV, USER and
WORKDIR are done as the file says, and in the end the entry point runs `demo` as the file's user. It needs root, and
Debian or its like.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from tools import locks
from tools.setup_check import PACKAGES, differences, locked

FILE: Final = locks.TOP / "Containerfile"
FLEET: Final = locks.FLEET.with_name("Containerfile")
BASE: Final = re.compile(r"python:(?P<python>\d+\.\d+)-slim-(?P<debian>[a-z]+)@sha256:[0-9a-f]{64}")
# What the image has and Debian's smallest set has not. It brings no compiler: everything is installed as wheels.
ADDED: Final = "python3,python3-venv,python3-pip,ca-certificates"
CERTIFICATES: Final = "/etc/ssl/certs/ca-certificates.crt"


class StepFailed(Exception):
    """A step of the file cannot be carried out; the message says which."""


@dataclass(slots=True)
class Stage:
    """A root and what the instructions so far have set."""

    root: Path
    environ: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    user: str = "0:0"
    folder: str = "/"
    entrypoint: list[str] = field(default_factory=list)

    def run(self, *command: str, extra: Mapping[str, str] | None = None) -> str:
        """Run a command inside, as the user and in the folder of the stage, and return what it prints.

        Raises:
            StepFailed: if it does not exit 0.
        """
        home = "/root" if self.user == "0:0" else "/nonexistent"
        values = {"HOME": home, **self.environ, **(extra or {})}
        inside = ["env", "-i", *(f"{name}={value}" for name, value in values.items()), "sh", "-c"]
        inside += ['cd "$0" && exec "$@"', self.folder, *command]
        # A mount namespace of its own: /proc is gone with the command, whatever happens.
        outside = ["unshare", "--mount", "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$@"', str(self.root)]
        done = subprocess.run(
            [*outside, f"--userspec={self.user}", str(self.root), *inside],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StepFailed(f"{shlex.join(command)}: exit {done.returncode}\n{done.stdout[-3000:]}")
        return done.stdout


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Split the file into instructions and their arguments; comments go."""
    kept = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in "\n".join(kept).replace("\\\n", " ").splitlines():
        name, _, argument = line.strip().partition(" ")
        yield name, argument.strip()


def ignored(path: Path, context: Path = locks.TOP) -> bool:
    """Tell whether .containerignore keeps a file of the build's folder out."""
    out = False
    for line in (context / ".containerignore").read_text("utf-8").split():
        if fnmatch(str(path.relative_to(context)), line.removeprefix("!")):
            out = not line.startswith("!")
    return out


def context_of_fleet(folder: Path) -> Path:
    """Return what a person builds the image of a worker from: its folder, and the wheel beside its lock."""
    context = shutil.copytree(FLEET.parent, folder / "context")
    for wheel in (locks.TOP / "dist").glob("agencyfile-*.whl"):
        shutil.copy(wheel, context)
    return context


def copy(stage: Stage, argument: str, stages: Mapping[str, Stage], context: Path) -> None:
    """Copy from the folder of the build or from another stage.

    Raises:
        StepFailed: if the source is not there, or is kept out of the build.
    """
    *sources, target = [word for word in shlex.split(argument) if not word.startswith("--")]
    origin = re.search(r"--from=(\w+)", argument)
    top = stages[origin[1]].root if origin else context
    into = stage.root / target.lstrip("/")
    for source in sources:
        found = sorted(top.glob(source.lstrip("/")))
        if not found or (not origin and any(ignored(path, context) for path in found)):
            raise StepFailed(f"COPY {argument}: {source} is not there; make dist builds the wheel")
        for path in found:
            if path.is_dir():
                shutil.copytree(path, into, symlinks=True)
            else:
                into.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, into)


def carry_out(text: str, base: Path, folder: Path, context: Path = locks.TOP) -> Stage:
    """Carry out every instruction, and return the last stage. COPY takes files from `context`.

    Raises:
        StepFailed: at the first that fails, or that this program does not know.
    """
    stages: dict[str, Stage] = {}
    stage = Stage(base)
    for name, argument in instructions(text):
        print(f"{name} {argument[:90]}", flush=True)
        match name:
            case "FROM":
                label = argument.partition(" AS ")[2] or "last"
                stage = stages[label] = Stage(clone(base, folder / label))
            case "COPY":
                copy(stage, argument, stages, context)
            case "RUN":
                stage.run("sh", "-c", argument, extra=network())
            case "ENV":
                stage.environ |= dict(word.split("=", 1) for word in shlex.split(argument))
            case "USER":
                stage.user = argument
            case "WORKDIR":
                stage.folder = argument
                (stage.root / argument.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "ENTRYPOINT":
                stage.entrypoint = json.loads(argument)
            case "CMD":
                stage.run(*stage.entrypoint, *json.loads(argument))
            case _:
                raise StepFailed(f"{name}: this program does not know it")
    return stage


def network() -> dict[str, str]:
    """Return how this machine reaches its package index: it is no part of the file."""
    names = [name for name in os.environ if name.lower().endswith("_proxy") or name in {"PIP_INDEX_URL", "PIP_CERT"}]
    return {name: os.environ[name] for name in names}


def clone(base: Path, root: Path) -> Path:
    """Copy a root, devices and owners included."""
    subprocess.run(["cp", "--archive", "--reflink=auto", base, root], check=True)
    return root


def get_debootstrap() -> None:
    """Install what makes a Debian, where it is missing."""
    if not shutil.which("debootstrap"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "debootstrap"]):
            subprocess.run(["apt-get", "-qq", *arguments], check=True, env=quiet, stdout=subprocess.DEVNULL)


def debian(release: str, root: Path) -> Path:
    """Make the root that stands for the base image, unless it is there."""
    if not (root / ".complete").exists():
        shutil.rmtree(root, ignore_errors=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        get_debootstrap()
        options = ["--variant=minbase", f"--include={ADDED}"]
        subprocess.run(["debootstrap", *options, release, root], check=True, stdout=subprocess.DEVNULL)
        (root / ".complete").touch()
    for name in ("/etc/resolv.conf", "/etc/hosts", CERTIFICATES):
        if Path(name).exists():
            shutil.copy(name, root / name.lstrip("/"))
    return root


def prove(stage: Stage, python: str, lock: Path) -> Iterator[str]:
    """Run what a user runs, and look at what the image holds.

    Raises:
        StepFailed: if something does not hold.
    """
    if (uid := stage.run("id", "-u").strip()) == "0":
        raise StepFailed("the user of the image is root")
    yield f"user {uid}, in {stage.run('pwd').strip()}"
    found = json.loads(stage.run("/opt/agencyfile/bin/python", "-c", PACKAGES))
    wanted = {**locked(python, lock), "agencyfile": found.get("agencyfile", "missing")}
    # Debian's own packages are outside the environment, so nothing else may show.
    if wrong := differences(found, wanted):
        raise StepFailed("\n".join(wrong))
    yield f"{len(found) - 1} packages, as locked; agencyfile {found['agencyfile']}; no pip"
    writable = stage.run("sh", "-c", "find /opt -writable ! -type l || true").strip()
    if writable:
        raise StepFailed(f"the user may write to {writable}")
    yield stage.run(*stage.entrypoint, "demo").strip().splitlines()[-1]


def both(text: str, root: Path, python: str) -> Iterator[str]:
    """Carry out both files, and prove what each image holds.

    Raises:
        StepFailed: if a step cannot be carried out, or something does not hold.
    """
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        yield from prove(carry_out(text, root, Path(folder)), python, locks.RUNTIME)
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        stage = carry_out(FLEET.read_text("utf-8"), root, Path(folder), context_of_fleet(Path(folder)))
        yield from prove(stage, python, locks.FLEET)
        clients = "import obstore, procrastinate, prometheus_client, psycopg; print(psycopg.pq.__impl__)"
        yield f"psycopg is {stage.run('/opt/agencyfile/bin/python', '-c', clients).strip()}"
        yield stage.run("git", "--version").strip()


def main() -> int:
    """Carry the files out, and say how long it took."""
    started = time.monotonic()
    if os.geteuid() or not shutil.which("apt-get"):
        print("make container-check needs root, on Debian or its like", file=sys.stderr)
        return 1
    text = FILE.read_text("utf-8")
    base = BASE.search(text)
    if base is None:
        print("the base image of the Containerfile is not pinned by its digest", file=sys.stderr)
        return 1
    root = debian(base["debian"], locks.TOP / "build" / "container" / base["debian"])
    print(f"an empty Debian {base['debian']}: {time.monotonic() - started:.0f} s")
    try:
        for line in both(text, root, base["python"]):
            print(line)
    except StepFailed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"done in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
