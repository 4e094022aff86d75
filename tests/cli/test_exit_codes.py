"""Every exit code, by every way that leads to it: real processes, real HTTP, one table.

The processes are forked (see `forks`); the console script itself ends with each of the codes once.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import evidence
import forks
import published
import pytest
from contract.repositories import git
from rehearsal import Ran, Rehearsal
from sampling import thinned
from stories import agency, live_account
from terminals import Terminal

from agencyfile.cli.app import COMMANDS
from agencyfile.cli.exit_codes import ExitCode
from plan import FileStore, Ledger

AGENCYFILE = Path(sys.executable).with_name("agencyfile")
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "exit-codes.md"
YES = ("-auto-approve", "--allow", "billed,permanent,guard")
DONE = ("--evidence", "ticket 4711", "--by", "ann")
COMMIT = f"https://git.example/agencyfile@{'7' * 40}"
SET = re.compile(r"([A-Z_]+)=(.*)")  # before a command: a variable of the environment

# The table of the review's specification: what a pipeline is promised.
MEANINGS: Final = {
    0: "done / nothing to change",
    1: "error, nothing unknown",
    2: "changes (or drift) present, with `-detailed-exitcode` and in `drift`",
    3: "refused by a guard: budget, share of changes, protect, missing ledger or recipients",
    4: "approval missing, expired, or an approved object has changed (named)",
    5: "outcome unknown: reconcile before anything else",
    6: "lease not acquired (holder, host, age shown)",
    7: "partly applied, safe to resume",
    8: "manual steps pending, with `--fail-if-pending`",
    64: "usage error (never 2)",
    130: "interrupted; the ledger is complete",
}


# -- processes ---------------------------------------------------------------------------------------------------------


def console(rehearsal: Rehearsal, *arguments: str, **environment: str) -> Ran:
    """Run a command in the agency's folder, with nothing to read and nobody at a terminal."""
    return forks.run(*arguments, folder=rehearsal.folder, environment={**rehearsal.environment, **environment})


def script(rehearsal: Rehearsal, *arguments: str, **environment: str) -> Ran:
    """Run the installed console script in the same way."""
    ended = subprocess.run(
        [AGENCYFILE, *arguments],
        cwd=rehearsal.folder,
        env={**os.environ, **rehearsal.environment, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    evidence.keep(f"$ {arguments}\n{ended.returncode}\n{ended.stdout}\n{ended.stderr}")
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def at_terminal(rehearsal: Rehearsal, typed: str, *arguments: str) -> Ran:
    """Run a command at a terminal of its own; `typed` is typed when it asks for approval."""
    with Terminal(width=120) as terminal:
        process = terminal.start(*arguments, folder=rehearsal.folder, environment=rehearsal.environment)
        terminal.wait_for("Only 'yes' is a yes")
        terminal.type_for(process, typed)
        return Ran(terminal.wait(process), terminal.text, "")


# -- stages: what the portal and the folder look like before ----------------------------------------------------------


def with_setting(text: str, setting: str) -> str:
    """An agency file with one more setting of the agency."""
    return text.replace("  name: northwind\n", f"  name: northwind\n  {setting}\n")


def settled(rehearsal: Rehearsal) -> None:
    """One account, as declared: nothing to change."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, acme=""))


def one_new(rehearsal: Rehearsal) -> None:
    """One account to create."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))


def many_agencies(rehearsal: Rehearsal) -> None:
    """A fleet of one agency that has nothing to change, and that a test expects to be so."""
    settled(rehearsal)
    rehearsal.environment["AGENCY_GROUP_KEY"] = rehearsal.environment["AGENCYFILE_AGENCY_KEY"]
    rehearsal.write(
        "version: 1\nfleet: group\nagencies: {all: {files: [agency.yaml], agency_key: '${env:AGENCY_GROUP_KEY}'}}\n",
        "fleet.yaml",
    )
    rehearsal.write(
        "version: 1\ncases: [{name: one client, expect: {changes: {account.acme: create}}}]\n", "expectations.yaml"
    )


def two_new(rehearsal: Rehearsal) -> None:
    """Two accounts to create."""
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))


def by_hand(rehearsal: Rehearsal) -> None:
    """One account, with credit that no call gives."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, acme="credits: {sms: 500}"))


def exported(rehearsal: Rehearsal) -> None:
    """A contact that the operator's export does not show yet."""
    head = "E-mail,Customer number,Subscription\n"
    rehearsal.write(f"{head}old@acme.example,OCN-1,Planned Works\n", "contacts.csv")
    rehearsal.write(
        "version: 1\nagency: {name: northwind, contacts: {export: contacts.csv}}\n"
        "contacts: {noc@acme.example: {name: NOC, group: true}}\n"
    )


def unreadable_export(rehearsal: Rehearsal) -> None:
    """An export that is none."""
    exported(rehearsal)
    rehearsal.write("nothing\n", "contacts.csv")


def drifted(rehearsal: Rehearsal) -> None:
    """One account that somebody changed."""
    settled(rehearsal)
    rehearsal.act_by_hand("account_edit", account="acme", notification="else@northwind.example")


def invalid(rehearsal: Rehearsal) -> None:
    """A file with a mistake."""
    rehearsal.write(agency(rehearsal.recipient, acme="languag: french"))


def committed(rehearsal: Rehearsal) -> None:
    """A file that says more than its last commit."""
    settled(rehearsal)
    git(rehearsal.folder, "init", "--quiet", "--initial-branch=main")
    git(rehearsal.folder, "add", "agency.yaml")
    git(rehearsal.folder, "commit", "--quiet", "--message=Begin")
    one = live_account("beta")
    rehearsal.seed(accounts=[one])
    rehearsal.write(agency(rehearsal.recipient, acme="", beta="", gamma=""))


def planned(rehearsal: Rehearsal) -> None:
    """As `one_new`, with a plan file."""
    one_new(rehearsal)
    assert rehearsal.run("plan", "-out", str(rehearsal.folder / "plan.json")).code == 0


def empty_folder(rehearsal: Rehearsal) -> None:
    """Nothing at all."""


def over(setting: str) -> Callable[[Rehearsal], None]:
    """One account to create, under a budget that is too small."""

    def prepare(rehearsal: Rehearsal) -> None:
        rehearsal.write(with_setting(agency(rehearsal.recipient, acme=""), f"budgets: {{{setting}}}"))

    return prepare


def many_changed(rehearsal: Rehearsal) -> None:
    """Twelve accounts, each of them to be edited."""
    names = [f"client-{number}" for number in range(12)]
    rehearsal.seed(accounts=[live_account(name, notification="old@northwind.example") for name in names])
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "")))


def nobody_to_read(rehearsal: Rehearsal) -> None:
    """One account to create, and nobody who could keep its password."""
    rehearsal.write(agency(None, acme=""))


def strange_host(rehearsal: Rehearsal) -> None:
    """A file that would send the keys elsewhere."""
    setting = "portal: {agency_api: 'https://evil.example/api.php'}"
    rehearsal.write(with_setting(agency(rehearsal.recipient, acme=""), setting))
    rehearsal.environment["AGENCYFILE_AGENCY_API"] = ""


def approved(rehearsal: Rehearsal, *flags: str) -> None:
    """A plan that edits one account and creates another, approved by ann; it is there as a file too."""
    rehearsal.seed(accounts=[live_account("beta", notification="old@northwind.example")])
    two_new(rehearsal)
    rehearsal.environment["DIGEST"] = str(rehearsal.plan()["digest"])
    assert rehearsal.run("approve", rehearsal.environment["DIGEST"], "--by", "ann", *flags).code == 0
    assert rehearsal.run("plan", "-out", str(rehearsal.folder / "plan.json")).code == 0


def approval_ended(rehearsal: Rehearsal) -> None:
    """As `approved`, for a moment that is over."""
    approved(rehearsal, "--expires", "1ms")
    time.sleep(0.05)


def object_changed(rehearsal: Rehearsal) -> None:
    """As `approved`; then somebody edits what is to be edited."""
    approved(rehearsal)
    rehearsal.act_by_hand("account_edit", account="beta", notification="else@northwind.example")


def file_changed(rehearsal: Rehearsal) -> None:
    """As `approved`; then somebody edits the file."""
    approved(rehearsal)
    rehearsal.write(agency(rehearsal.recipient, acme="", beta="", gamma=""))


def answer_lost(rehearsal: Rehearsal, kind: str = "drop_after_commit") -> None:
    """The answer of the first charge is going to be lost."""
    two_new(rehearsal)
    rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, "kind": kind})


def unsettled(rehearsal: Rehearsal) -> None:
    """The answer of a charge was lost, nothing came of it, and nobody has looked."""
    answer_lost(rehearsal, "drop_before_commit")
    assert rehearsal.run("apply", *YES).code == 5


def held(rehearsal: Rehearsal) -> None:
    """Somebody else writes, on another machine."""
    by_hand(rehearsal)
    rehearsal.write(rehearsal.file.read_text("utf-8").replace("accounts:\n", "accounts:\n" + NEW_BLOCK))
    rehearsal.environment["DIGEST"] = str(rehearsal.plan()["digest"])
    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    ledger.acquire(holder="bob", run="https://ci.example/7", duration=timedelta(minutes=5))
    lines = rehearsal.ledger.read_text("utf-8")
    assert '"holder":"bob"' in lines


NEW_BLOCK = "  beta: {client: {name: Beta, email: beta@client.example}}\n"


def second_fails(rehearsal: Rehearsal) -> None:
    """The second of two creations is turned away."""
    two_new(rehearsal)
    rehearsal.faults({"action": "account_add", "nth": 2, "times": None, "kind": "rate_limited", "retry_after": 0})


def second_call_fails(rehearsal: Rehearsal) -> None:
    """An account is made, and disabling it is turned away."""
    rehearsal.write(agency(rehearsal.recipient, acme="status: disabled"))
    fault = {"action": "account_status_set", "nth": 1, "times": None, "kind": "rate_limited", "retry_after": 0}
    rehearsal.faults(fault)


def taken(rehearsal: Rehearsal) -> None:
    """The portal refuses: the name is taken, and the list does not show it yet."""
    one_new(rehearsal)
    rehearsal.act_by_hand("account_add", account="acme", plan=1, name="A", email="a@b.example")
    rehearsal.faults({"action": "account_list", "nth": 1, "times": None, "kind": "stale_list", "writes": 1})


def damaged_ledger(rehearsal: Rehearsal) -> None:
    """A ledger that is none."""
    settled(rehearsal)
    rehearsal.write("{}\n", ".agencyfile/ledger.jsonl")


def damaged_plan(rehearsal: Rehearsal) -> None:
    """A plan document that somebody changed."""
    planned(rehearsal)
    path = rehearsal.folder / "plan.json"
    path.write_text(path.read_text("utf-8").replace("50.00", "5.00"), encoding="utf-8")


def third_held(rehearsal: Rehearsal) -> None:
    """Five accounts to create; the answer of the third creation comes when the faults are set anew."""
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(FIVE, "")))
    rehearsal.faults({"action": "account_add", "nth": 3, "times": 1, "kind": "late_answer", "seconds": None})


FIVE: Final = tuple(f"client{number}" for number in range(5))


# -- the table ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One way to one code: the stage, then a command line; words that the output must have."""

    code: int
    prepare: Callable[[Rehearsal], None]
    words: str
    command: str

    @property
    def id(self) -> str:
        """What pytest calls it."""
        return f"{self.code}-{self.prepare.__qualname__.partition('.')[0]}-{self.command}"[:90]


# (code, stage, words that must be shown, command lines: each is run on a stage of its own)
WAYS: Final[Sequence[tuple[int, Callable[[Rehearsal], None], str, str]]] = [
    (
        0,
        empty_folder,
        "",
        """
        version
        --help
        help plan
        schema plan
        completion bash
        init northwind
        plans list
        accounts list
        clients template clients.xlsx
        """,
    ),
    (
        0,
        settled,
        "",
        """
        validate
        fmt
        plan -detailed-exitcode
        plan --fail-if-pending
        apply
        rehearse
        rehearse -json
        report -out report.html
        report -json
        drift
        drift -json
        doctor
        doctor --json
        steps list --fail-if-pending
        credentials list
        ledger show
        ledger verify
        ledger anchor
        lock show
        import --all --out .
        ci github --from-commit $COMMIT
        """,
    ),
    (
        0,
        one_new,
        "",
        """
        plan
        plan -json
        apply $YES --max-spend '50 USD'
        apply $YES -json
        """,
    ),
    (
        0,
        many_agencies,
        "",
        "fleet validate\nfleet list --json\nfleet plan\nfleet status\ntest\ntest --json\ndns export --json",
    ),
    (64, many_agencies, "no-such", "fleet no-such\ndns no-such"),
    (0, planned, "", "show plan.json\napply plan.json -json"),
    (0, committed, "gamma", "plan --offline\nplan --changed-since HEAD"),
    (0, approved, "ann", "approve --clear"),
    (0, approved, "Applied", "apply --approved $DIGEST"),
    (0, by_hand, "", "steps done credit.acme.sms $DONE\nledger baseline credit.acme.sms=500"),
    (
        1,
        invalid,
        "unknown-key",
        """
        validate
        validate --json
        plan
        apply $YES -json
        drift
        steps list
        approve pln_0
        ledger show
        ci github
        """,
    ),
    (1, empty_folder, "agency.yaml", "validate\nplan\nfmt\nlock show"),
    (1, settled, "exists already", "init northwind"),
    (1, settled, "account.nobody", "plan -target account.nobody\nimport account.nobody --out ."),
    (1, settled, "account.nobody", "ledger forget account.nobody"),
    (1, settled, "nobody", "credentials reveal nobody"),
    (1, settled, "no approval", "approve --clear"),
    (1, settled, "no lease", "lock break 0123456789ab"),
    (1, settled, "is pending", "steps show nothing.here"),
    (1, settled, "cannot be read", "show nothing.json"),
    (1, settled, "is not a plan document", "show agency.yaml\napply agency.yaml"),
    (1, settled, "GITHUB_TOKEN", "GITHUB_TOKEN= comment github --number 1 --repository a/b --plan p.json --body p.md"),
    (1, settled, "GITHUB_TOKEN", "GITHUB_TOKEN= commit-status github last-anchor --repository a/b --base main"),
    (1, settled, "GITLAB_TOKEN", "GITLAB_TOKEN= commit-status gitlab last-anchor --project 1 --base main"),
    (1, settled, "agency.yaml", "fmt --check"),
    (1, settled, "AGENCYFILE_AGENCY_KEY", "AGENCYFILE_AGENCY_KEY= plan"),
    (1, settled, "127.0.0.1:9", "AGENCYFILE_AGENCY_API=http://127.0.0.1:9/api.php plan"),
    (1, settled, "127.0.0.1:9", "AGENCYFILE_AGENCY_API=http://127.0.0.1:9/api.php doctor"),
    (1, settled, "agency API", "AGENCYFILE_AGENCY_KEY= doctor\nAGENCYFILE_AGENCY_KEY= doctor --json"),
    (1, committed, "nowhere", "plan --offline --base nowhere\nplan --changed-since nowhere"),
    (1, damaged_plan, "plan.json", "show plan.json\napply plan.json"),
    (1, damaged_ledger, "ledger.jsonl", "plan\napply\nledger verify\napprove pln_0"),
    (1, taken, "taken", "apply $YES"),
    (2, one_new, "", "plan -detailed-exitcode\nplan -detailed-exitcode --fail-if-pending -json"),
    (2, committed, "gamma", "plan --offline -detailed-exitcode"),
    (2, drifted, "else@northwind.example", "plan -detailed-exitcode\ndrift\ndrift -json\ndrift --format github"),
    (3, over("per_apply: 49.99 USD"), "over the budget per apply", "apply $YES"),
    (3, over("per_month: 49.99 USD"), "over the budget per month", "apply $YES -json"),
    (3, over("per_apply: 500 EUR"), "in EUR", "apply $YES"),
    (3, one_new, "over the budget --max-spend", "apply $YES --max-spend '49.99 USD'"),
    (3, many_changed, "--max-changed-share 100%", "apply -auto-approve"),
    (3, nobody_to_read, "agency.credentials.recipients", "apply $YES\nrehearse"),
    (3, one_new, "git+branch:", "CI=true apply $YES\nCI=1 approve pln_0"),
    (3, strange_host, "evil.example", "plan\ndrift\nsteps list\naccounts list\nrehearse\nreport"),
    (3, by_hand, "looks like", "steps done credit.acme.sms --evidence password:hunter2 --by ann"),
    (4, one_new, "nobody has approved this plan", "apply\napply -input=false -json"),
    (4, one_new, "--allow billed", "apply -auto-approve\napply -auto-approve --allow permanent"),
    (4, one_new, "pln_0 is not what would be done now", "apply --approved pln_0\napprove pln_0"),
    (4, approval_ended, "the approval of ann ended", "apply --approved $DIGEST"),
    (4, object_changed, "account.beta has changed", "apply --approved $DIGEST\napply plan.json"),
    (4, file_changed, "the agency file has changed", "apply --approved $DIGEST\napply plan.json -json"),
    (5, answer_lost, "outcome unknown", "apply $YES\napply $YES -json"),
    (5, unsettled, "account.acme", "apply $YES\nrehearse\nledger show\nledger reconcile"),
    (
        6,
        held,
        "held by bob",
        """
        apply $YES
        apply $YES -json -lock-timeout 300ms
        apply --approved $DIGEST
        approve $DIGEST
        approve --clear
        steps done credit.acme.sms $DONE
        ledger baseline credit.acme.sms=500
        ledger compact
        """,
    ),
    (7, second_fails, "account.beta", "apply $YES\napply $YES -json"),
    (7, second_call_fails, "account.acme", "apply $YES"),
    (
        0,
        exported,
        "",
        """
        contacts list
        contacts list --json
        contacts import --dry-run
        contacts import
        plan
        drift
        apply
        """,
    ),
    (1, unreadable_export, "no column e-mail", "contacts list\ncontacts import\nplan\ndrift\nsteps list\napply $YES"),
    (1, exported, "cannot be read", "contacts list absent.csv"),
    (8, exported, "contact.noc@acme.example.record", "plan --fail-if-pending\nsteps list --fail-if-pending"),
    (
        8,
        by_hand,
        "credit.acme.sms",
        """
        plan --fail-if-pending
        plan -json --fail-if-pending
        apply --fail-if-pending
        steps list --fail-if-pending
        steps list --format json --fail-if-pending
        """,
    ),
    (64, settled, "no-such", "\n".join(f"{name} --no-such" for name in COMMANDS)),
    (64, settled, "no-such", "no-such\nsteps no-such\nledger no-such\nlock no-such\nci no-such\nportal no-such"),
    (
        64,
        settled,
        "no-such",
        "comment no-such\ncommit-status no-such\naccounts no-such\nclients no-such\nplans no-such\ncredentials no-such",
    ),
    (64, settled, "no-such", "contacts no-such"),
    (64, settled, "Usage", "steps\nledger\ninit\nshow\napprove\nimport --all\nlock break\nledger baseline"),
    (
        64,
        settled,
        "",
        """
        approve pln_0 --clear
        approve pln_0 --expires 0s
        init Not_A_Name
        plan --offline --out p.json
        plan --offline --base=-x
        plan -json --format text
        plan --summary
        apply --allow charges
        apply --max-spend much
        apply --max-changed-share 200%
        apply p.json --approved pln_0
        apply -lock-timeout soon
        doctor --timeout soon
        apply -input=perhaps
        steps done a.b
        import --out .
        ledger resolve account.acme
        fmt - agency.yaml
        completion powershell
        commit-status github forget --repository a/b
        GITHUB_TOKEN=t commit-status github approved --repository a/b --base main --commit main
        GITLAB_TOKEN=t commit-status gitlab anchor --project 1 --anchor 0:0
        portal serve --port 99999
        AGENCYFILE_RATE_LIMIT=fast plan
        """,
    ),
]
CASES: Final = [
    Case(code, prepare, words, line.strip())
    for code, prepare, words, lines in WAYS
    for line in lines.splitlines()
    if line.strip()
]
ONE_OF_EACH: Final = tuple({case.code: case for case in CASES}.values())
# The sample has each pair of a code and a stage, and every seventh of the other commands.
FIRST_WAYS: Final = list({(case.code, case.prepare): case for case in CASES}.values())
OTHER_WAYS: Final = [case for case in CASES if case not in FIRST_WAYS]
ELSEWHERE: Final = {130}  # reached by signals and at terminals, below


@pytest.mark.parametrize(
    "case",
    [
        *(pytest.param(case, id=case.id) for case in FIRST_WAYS),
        *thinned((pytest.param(case, id=case.id) for case in OTHER_WAYS), every=7),
    ],
)
def test_exit_code_is_reached(rehearsal: Rehearsal, case: Case) -> None:
    """The code, the reason in words, no traceback, and nothing but the document where a program reads."""
    case.prepare(rehearsal)
    before = len(rehearsal.writes())
    ran = _run(rehearsal, case.command)

    assert ran.code == case.code, ran
    assert case.words in ran.out + ran.err
    _check_manners(ran, case)
    if case.code in (3, 4, 6, 64):
        assert len(rehearsal.writes()) == before


@pytest.mark.parametrize("case", thinned((pytest.param(case, id=str(case.code)) for case in ONE_OF_EACH), every=5))
def test_console_script_ends_with_the_code(rehearsal: Rehearsal, case: Case) -> None:
    """What the other processes are forked for is true of the installed script: one way to each code."""
    case.prepare(rehearsal)
    ran = _run(rehearsal, case.command, by=script)

    assert (ran.code, case.words in ran.out + ran.err) == (case.code, True), ran
    _check_manners(ran, case)


def _run(rehearsal: Rehearsal, line: str, by: Callable[..., Ran] = console) -> Ran:
    digest = rehearsal.environment.get("DIGEST", "")
    for name, value in {
        "$YES": shlex.join(YES),
        "$DONE": shlex.join(DONE),
        "$DIGEST": digest,
        "$COMMIT": COMMIT,
    }.items():
        line = line.replace(name, value)
    parts = shlex.split(line)
    environment: dict[str, str] = {}
    while parts and (found := SET.fullmatch(parts[0])):
        environment[found[1]] = found[2]
        parts.pop(0)
    return by(rehearsal, *parts, **environment)


def _check_manners(ran: Ran, case: Case) -> None:
    shown = ran.out + ran.err
    assert "Traceback (most recent call last)" not in shown
    assert "this is a bug" not in shown
    if case.code in (1, 3, 4, 6, 64) and "--json" not in case.command:
        assert ran.err
    if case.code in (3, 4, 6):
        assert "fix:" in ran.err
    if case.code == 64:
        assert ran.out == ""
    if is_json(case.command) and ran.code != 64:
        for text in ran.out.splitlines() if case.command.split()[0] == "apply" else [ran.out]:
            assert isinstance(json.loads(text), dict)


def is_json(line: str) -> bool:
    """Does the command line ask for JSON?"""
    return bool({"-json", "--json", "json"} & set(line.split()))


def test_codes_of_the_enum_the_specification_the_reference_and_the_table_are_the_same() -> None:
    """A law: nothing is promised that is not reached, and nothing is reached that is not promised."""
    rows = [line.split("|")[1].strip() for line in REFERENCE.read_text("utf-8").splitlines() if line.startswith("| ")]
    documented = {int(cell) for cell in rows if cell.isdecimal()}

    assert {case.code for case in CASES} | ELSEWHERE == MEANINGS.keys()
    assert {int(code) for code in ExitCode} == MEANINGS.keys()
    assert documented == MEANINGS.keys()


def test_table_runs_every_command_well_and_with_a_slip() -> None:
    """A law: each command is there with 64, and with success, but for those that need a forge or take their time."""
    well = {case.command.split()[0] for case in CASES if case.code == 0}
    slips = {case.command.split()[0] for case in CASES if case.code == 64}

    assert COMMANDS.keys() - slips == set()
    assert COMMANDS.keys() - well == {"portal", "demo", "comment", "commit-status"}


# -- 130 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [(), ("-json",)], ids=["text", "json"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_apply_interrupted_exits_130_with_a_whole_ledger_and_the_next_one_finishes(
    rehearsal: Rehearsal, number: signal.Signals, form: Sequence[str]
) -> None:
    """Nothing is open, the lease is given back, what was charged is known; the same command then ends with 0."""
    third_held(rehearsal)
    process = forks.start("apply", *YES, *form, folder=rehearsal.folder, environment=rehearsal.environment)
    forks.wait_until(lambda: len(rehearsal.book("charges")) == 3, "the third charge")
    process.send_signal(number)
    forks.wait_until(lambda: "stopping:" in process.err, "the signal is taken")
    rehearsal.faults()
    ran = process.wait()
    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    charged = sorted(row["account"] for row in rehearsal.book("charges"))

    assert ran.code == 130, ran
    assert "Traceback" not in ran.out + ran.err
    assert (ledger.history.open_intents, ledger.history.lease) == ({}, None)
    assert sorted(charge.address.name for charge in ledger.history.charges) == charged == list(FIVE[:3])
    assert console(rehearsal, "ledger", "verify").code == 0
    if form:
        events = [json.loads(line) for line in ran.out.splitlines()]
        assert [mistake for line in ran.out.splitlines() for mistake in published.mistakes_in_event(line)] == []
        assert (events[-1]["event"], events[-1]["exit_code"]) == ("finished", 130)
    assert console(rehearsal, "apply", *YES).code == 0
    assert sorted(row["account"] for row in rehearsal.book("charges")) == list(FIVE)


def test_plan_interrupted_exits_130_and_writes_nothing(rehearsal: Rehearsal) -> None:
    """Ctrl-C while the portal is read: its answer is held back until the signal has come."""
    settled(rehearsal)
    rehearsal.faults({"action": "account_list", "nth": 1, "times": None, "kind": "late_answer", "seconds": None})
    process = forks.start("plan", folder=rehearsal.folder, environment=rehearsal.environment)
    forks.wait_until(lambda: rehearsal.book("requests"), "the first request")
    process.send_signal(signal.SIGINT)
    ran = process.wait()

    assert (ran.code, ran.out, "interrupted" in ran.err) == (130, "", True), ran
    assert not rehearsal.ledger.exists()


@pytest.mark.parametrize(
    ("typed", "code", "charges"),
    thinned(
        [
            pytest.param("yes\n", 0, 1, id="yes"),
            pytest.param("no\n", 4, 0, id="no"),
            pytest.param("\n", 4, 0, id="nothing"),
            pytest.param("Yes\n", 4, 0, id="Yes"),
            pytest.param("\x03", 130, 0, id="ctrl-c"),
            pytest.param("\x04", 130, 0, id="ctrl-d"),
        ],
        every=2,  # a yes, a no and a signal
    ),
)
def test_apply_at_a_terminal_ends_as_it_is_answered(rehearsal: Rehearsal, typed: str, code: int, charges: int) -> None:
    """Only `yes` is a yes; Ctrl-C and Ctrl-D are 130, and nothing was sent."""
    one_new(rehearsal)
    ran = at_terminal(rehearsal, typed, "apply")

    assert (ran.code, len(rehearsal.book("charges"))) == (code, charges), ran
    assert "Traceback" not in ran.out


# -- what a program reads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "plan -json",
        "plan --format json",
        "plan -json -detailed-exitcode --fail-if-pending",
        f"apply -json {' '.join(YES)}",
        "apply -json",
        "drift -json",
        "steps list --format json",
        "validate --json",
        "accounts list --json",
        "accounts show acme --json",
        "report --json",
        "rehearse --json",
        "plans list --json",
    ],
)
def test_machine_output_is_alone_on_standard_output(rehearsal: Rehearsal, line: str) -> None:
    """With warnings to give, steps to show and colours allowed: JSON on one stream, words on the other."""
    rehearsal.seed(accounts=[live_account("acme", notification="old@northwind.example"), live_account("other")])
    rehearsal.write(agency(rehearsal.recipient, acme="status: disabled, credits: {sms: 5}", beta=""))
    rehearsal.environment["NO_COLOR"] = ""
    ran = console(rehearsal, *line.split(), FORCE_COLOR="1", CLICOLOR_FORCE="1")
    texts = ran.out.splitlines() if line.startswith("apply") else [ran.out]

    assert [isinstance(json.loads(text), dict) for text in texts] == [True] * len(texts), ran
    assert "\x1b" not in ran.out
    assert ran.code in (0, 2, 4)


def test_output_that_nobody_reads_is_an_error_without_a_traceback(rehearsal: Rehearsal) -> None:
    """`agencyfile plan | head -0`: the reader goes away, the code says so."""
    many_changed(rehearsal)
    for arguments in (["plan"], ["plan", "-json"], ["ledger", "list"], ["schema"]):
        process = subprocess.Popen(
            [forks.program(), *arguments],
            cwd=rehearsal.folder,
            env={**os.environ, **rehearsal.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        err = process.stderr.read()
        process.stderr.close()

        assert process.wait() in (0, 1)
        assert "Traceback" not in err
        assert "Exception ignored" not in err
