"""Fixtures and the summary of the whole run."""

import gc
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attacks
import evidence
import forks
import pytest
import requests
import sampling
from rehearsal import Rehearsal

from agencyfile.local_portal import RunningPortal, Settings, running
from agencyfile.redaction import EVERY


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--part`, and `--races` as the plugin of ledger stores has it."""
    sampling.add_options(parser)
    parser.addoption("--races", type=int, metavar="N", help="appends of each of two racing writers of a ledger store")


@pytest.hookimpl(tryfirst=True)  # hypothesis takes its seed from the options next
def pytest_configure(config: pytest.Config) -> None:
    """Choose the part and the seed. Make the folder of evidence once; workers inherit it. Keep the table of attacks."""
    _take_interrupts()
    sampling.choose(config)
    config.pluginmanager.register(attacks.AttackTable())
    if evidence.FOLDER not in os.environ:
        os.environ[evidence.FOLDER] = tempfile.mkdtemp(prefix="agencyfile-evidence-")
        config.stash[_KEEPS_EVIDENCE] = True
    if forks.SERVER not in os.environ:
        server = forks.Server()
        config.add_cleanup(server.close)
        os.environ[forks.SERVER] = str(server.folder)
    # No test leaves a mark in the state folder of whoever runs it.
    os.environ["XDG_STATE_HOME"] = str(Path(os.environ[evidence.FOLDER]) / "state")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """Fork the workers, instead of starting an interpreter for each that imports every test again."""
    forks.wake()
    server = forks.Server("forked_workers", *config.invocation_params.args)
    config.add_cleanup(server.close)
    command = shlex.join([sys.executable, "-IS", str(server.program())])
    for spec in specs:
        spec.python = command


def _take_interrupts() -> None:
    """Undo what a shell does to whatever it starts in the background: it ignores Ctrl-C, and so do its children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    """Say which part runs, with which seed."""
    return sampling.header()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Leave modules and tests out of every search for cycles: they stay, and it took a twentieth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(200_000, 20, 100)  # as in the console script: a command in this process costs as much
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this part has nothing of. What takes longest comes first, so that nobody waits for it alone."""
    sampling.deselect(config, items)
    items.sort(key=lambda item: item.path.name not in _LONGEST)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Law 7, over the whole run: no secret in any output, plan, ledger, log or traceback."""
    if _KEEPS_EVIDENCE not in session.config.stash:
        return
    outputs, secrets, found = evidence.leaks()
    session.config.stash[_HISTORIES] = evidence.histories()
    session.config.stash[_DIALECTS] = evidence.dialects()
    session.config.stash[_FINDINGS] = (outputs, secrets, found, evidence.applies())
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    else:
        shutil.rmtree(os.environ.pop(evidence.FOLDER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was checked over and above single tests."""
    outputs, secrets, found, applies = config.stash.get(_FINDINGS, (0, 0, [], 0))
    what = "writes predicted == writes recorded, next plan empty, no-op writes 0"
    terminalreporter.write_line(f"laws 1 and 2: {applies} applies checked ({what})")
    terminalreporter.write_line(f"law 7: {outputs} outputs searched for {secrets} secrets, {len(found)} leaks")
    histories = config.stash.get(_HISTORIES, Counter[str]())
    for line in _crash_summary(histories) if histories else ():
        terminalreporter.write_line(line)
    for line in _dialect_summary(config.stash.get(_DIALECTS, {})):
        terminalreporter.write_line(line)
    for place in found:
        terminalreporter.write_line(f"  LEAK {place}", red=True)
    terminalreporter.write_line(sampling.header())


def _crash_summary(total: Counter[str]) -> Iterator[str]:
    wrong = ("double_charges", "double_grants", "double_templates", "lost_accounts", "unexplained")
    words = ", ".join(f"{total[name]} {name.replace('_', ' ')}" for name in wrong)
    yield f"crash matrix: {total['histories']} histories ({total['kills']} by a real SIGKILL), {words}"
    places = sorted(name for name in total if name.startswith("names."))
    yield "  ended at: " + ", ".join(f"{name.removeprefix('names.')} {total[name]}" for name in places)
    stores = sorted(name for name in total if name.startswith("stores."))
    yield "  over shared stores: " + ", ".join(f"{name.removeprefix('stores.')} {total[name]}" for name in stores)
    yield f"  state machine: {total['examples']} examples, {total['pairs']} pairs of real processes"
    yield f"  races on one git branch: {total['races']}, {total['real_races']} of them between two real processes"


def _dialect_summary(told: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if told:
        common = set.intersection(*map(set, told.values()))
        count, others = sum(map(len, told.values())), {name: set(rules) - common for name, rules in told.items()}
        yield (
            f"dialects: laws 1, 2, 4, 5 and 6 held in {len(told)} combinations of readings, with {count} diagnostics, "
            f"{len(told) * len(common)} of them the same in all ({', '.join(sorted(common)) or 'none'})"
        )
        yield from (f"  {name}: {', '.join(sorted(rules))}" for name, rules in sorted(others.items()) if rules)


# They live through what takes a portal seconds, or run whole programs.
_LONGEST = {
    "test_caps.py",
    "test_description.py",
    "test_doc_blocks.py",
    "test_first_minutes.py",
    "test_plugin.py",
    "test_sbom.py",
    "test_what_has_left.py",
}
_DIALECTS = pytest.StashKey[Mapping[str, tuple[str, ...]]]()
_FINDINGS = pytest.StashKey[tuple[int, int, list[str], int]]()
_HISTORIES = pytest.StashKey[Counter[str]]()
_KEEPS_EVIDENCE = pytest.StashKey[bool]()  # of the process that made the folder of evidence


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """A command is a process of its own: what one test knows as a secret hides nothing in the next one."""
    forms, known = EVERY._forms, set(EVERY._known)
    yield
    EVERY._forms, EVERY._known = forms, known


@pytest.fixture(scope="session")
def portal() -> Iterator[RunningPortal]:
    """A local portal that is quick to provision; one for each worker."""
    settings = Settings(provisioning=0.05, snapshot_time=0.05, agency_key=evidence.AGENCY_KEY, hub_key=evidence.HUB_KEY)
    with running(settings) as running_portal:
        yield running_portal


@pytest.fixture
def rehearsal(portal: RunningPortal, tmp_path: Path) -> Rehearsal:
    """An empty portal and an empty folder."""
    requests.post(f"{portal.url}/_portal/reset", timeout=600).raise_for_status()
    folder = tmp_path / "agency"
    folder.mkdir()
    return Rehearsal(folder, portal)
