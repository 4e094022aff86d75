"""The program that carries out the Containerfile: it reads the file as an engine does, and passes nothing over.

`make container-check` runs it, in an empty Debian.
"""

from pathlib import Path

import pytest

from tools import container, locks


def test_instructions_are_whole_lines_without_comments() -> None:
    """A comment between continued lines is no part of the command; every instruction of our file is known."""
    text = "# first\nFROM a AS b\nRUN one \\\n    # between\n    && two\n"
    ours = [name for name, _ in container.instructions(container.FILE.read_text("utf-8"))]

    assert list(container.instructions(text)) == [("FROM", "a AS b"), ("RUN", "one      && two")]
    assert ours == ["FROM", "COPY", "COPY", "RUN", "FROM", "COPY", "ENV", "RUN", "USER", "WORKDIR", "ENTRYPOINT", "CMD"]


def test_image_of_a_worker_is_that_of_the_program_and_git() -> None:
    """One base, one way to install, one user: what differs is the lock, the context, and git."""

    def steps(path: Path) -> list[tuple[str, str]]:
        return [(name, " ".join(rest.split())) for name, rest in container.instructions(path.read_text("utf-8"))]

    ours, workers = steps(container.FILE), steps(container.FLEET)

    assert [step for step in workers if step not in ours] == [
        ("COPY", "requirements.txt agencyfile-*.whl /tmp/build/"),
        (
            "RUN",
            "apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*",
        ),
        ("WORKDIR", "/fleet"),
    ]


def test_wheel_lies_beside_the_lock_of_a_worker(tmp_path: Path) -> None:
    """The folder is what a person copies: nothing of the checkout is needed besides."""
    context = container.context_of_fleet(tmp_path)

    assert (context / "requirements.txt").read_bytes() == locks.FLEET.read_bytes()
    assert not container.ignored(context / "requirements.txt", context)
    assert container.ignored(context / "secrets/pgpass", context)


def test_only_the_lock_and_the_wheel_go_into_the_build() -> None:
    """Keys, ledgers and git's folder stay out, whatever lies in the checkout."""
    kept = ["requirements.txt", "dist/agencyfile-0.1.0-py3-none-any.whl"]
    out = [
        ".git/config",
        "agency.yaml",
        ".agencyfile/identity.txt",
        "dist/agencyfile-0.1.0.tar.gz",
        "requirements-dev.txt",
    ]

    assert [name for name in kept + out if not container.ignored(locks.TOP / name)] == kept


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("HEALTHCHECK NONE", "does not know it"),
        ("COPY README.md /tmp/", "is not there"),
        ("COPY none /tmp/", "is not there"),
    ],
)
def test_step_that_cannot_be_carried_out_stops(tmp_path: Path, line: str, message: str) -> None:
    """Nothing is passed over in silence; what .containerignore keeps out is not there."""
    base = tmp_path / "base"
    base.mkdir()

    with pytest.raises(container.StepFailed, match=message):
        container.carry_out(f"FROM base\n{line}\n", base, tmp_path)
