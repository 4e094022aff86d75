"""The command line of each child."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agencyfile.fleet.child import Children, Ended, Order, Tell
from agencyfile.fleet.environment import MissingVariable, child_environment
from agencyfile.fleet.model import Agency
from agencyfile.fleet.records import Command

_ERROR = 1


@dataclass(frozen=True, slots=True)
class Task:
    """One command for every agency of a run.

    Attributes:
        command: plan, apply or drift.
        options: further arguments, the same for every agency.
        plans: the plan document that an apply carries out, by name of the agency; None where it makes its own plan.
    """

    command: Command
    options: Sequence[str] = ()
    plans: Mapping[str, Path] | None = None

    def arguments(self, agency: Agency, folder: Path) -> list[str]:
        """The command line of an agency's child, which runs in `folder`. No key is ever part of it."""
        plan = [str(self.plans[agency.name].absolute())] if self.plans is not None else []
        file = agency.path.absolute().relative_to(folder.absolute()).as_posix()
        detail = ["--detailed-exitcode"] if self.command == "plan" else []
        quiet = ["--input=false"] if self.command != "drift" else []
        return [self.command, *plan, "--file", file, "--json", *detail, *quiet, *self.options]


@dataclass(frozen=True, slots=True)
class LocalRunner:
    """Runs the children of one task on this machine.

    Attributes:
        task: what they do.
        folder: the folder of the fleet file, in which they run.
        outside: the environment of the fleet.
        rate_files: the folder of the files that children of one key share.
    """

    task: Task
    folder: Path
    outside: Mapping[str, str] = field(repr=False)
    rate_files: Path
    children: Children = field(default_factory=Children)

    def run(self, agency: Agency, tell: Tell) -> Ended:
        """Run the child of an agency; why it cannot be started stands in its messages."""
        try:
            environment = child_environment(agency, self.outside, self.rate_files / rate_file_name(agency.key.name))
            arguments = self.task.arguments(agency, self.folder)
            return self.children.run(Order(arguments, self.folder, environment, self.task.command == "apply"), tell)
        except MissingVariable as error:
            return Ended(
                _ERROR, 0.0, (), f"error: {error}\n  fix: set it where the fleet runs; the fleet file names it\n"
            )
        except OSError as error:
            return Ended(_ERROR, 0.0, (), f"error: its process cannot be started: {error.strerror}\n")

    def interrupt(self) -> None:
        """Ask every child to stop."""
        self.children.interrupt()


def rate_file_name(key: str) -> str:
    """The name of the file of a key, which may be named like a path."""
    return key.replace("%", "%25").replace("/", "%2F") + ".rate"
