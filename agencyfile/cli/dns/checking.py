"""Ask the DNS for the records that accounts need, and close the manual steps of those that are there."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from agencyfile.cli.cname import NotInDns, cname_evidence
from agencyfile.cli.dns.records import DnsDocument, DnsRecordRecord
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.lease import take
from agencyfile.cli.signing import signed_body
from agencyfile.cli.workspace import Workspace
from plan import Ledger, LedgerConflict, Manual, Plan, Reader
from plan.ledger import EntryType
from plan.ledger.evidence import EvidenceBody
from plan.ledger.ledger import Draft
from plan.values import plain_attributes

DNS: Final = "dns"  # the topic of the manual step
_AT_ONCE: Final = 8
_ATTEMPTS: Final = 5  # at a ledger that others write to meanwhile
_BY: Final = "agencyfile dns check"


def looked_up(document: DnsDocument) -> DnsDocument:
    """Return the document with what the DNS answers for each record."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="dns") as pool:
        records = list(pool.map(_looked_up, document["records"]))
    absent = sum(record["state"] != "there" for record in records)
    return {**document, "records": records, "summary": {**document["summary"], "absent": absent}}


def _looked_up(record: DnsRecordRecord) -> DnsRecordRecord:
    try:
        answer = cname_evidence(record["host"], record["value"].removesuffix("."))
    except NotInDns as error:
        return {**record, "state": "missing", "found": error.message}
    except CommandExit as error:
        if error.code is ExitCode.USAGE:
            raise
        return {**record, "state": "unknown", "found": error.message}
    return {**record, "state": "there", "found": answer}


def closed_steps(workspace: Workspace, reader: Reader, document: DnsDocument) -> DnsDocument:
    """Append evidence for each pending DNS step whose record is there; return the document with what was closed.

    Raises:
        CommandExit: the ledger wants signatures, and no key is at hand.
        LedgerError: somebody else has the lease, or the ledger cannot be written.
    """
    answers = {record["address"]: record["found"] for record in document["records"] if record["state"] == "there"}
    for left in reversed(range(_ATTEMPTS)):
        ledger = workspace.portal_ledger()
        ledger.check_free()
        plan = workspace.plan(reader, ledger)
        steps = [step for step in _steps(plan) if str(step.address) in answers and step.address not in _waiting(plan)]
        if not steps:
            return _with_steps(document, plan, ())
        entries = list(_entries(workspace, plan, ledger, steps, answers))
        try:
            take(ledger, duration=workspace.agency_file.settings.lease)
        except LedgerConflict:
            if not left:
                raise
            continue
        try:
            ledger.append(*entries)
        finally:
            ledger.release()
        return _with_steps(document, plan, steps)
    return document


def _with_steps(document: DnsDocument, plan: Plan, closed: Sequence[Manual]) -> DnsDocument:
    done = {str(step.address) for step in closed}
    pending = {str(step.address) for step in _steps(plan)} - done
    records = [_with_step(record, pending, done) for record in document["records"]]
    return {**document, "records": records, "recorded": [step.id for step in closed]}


def _with_step(record: DnsRecordRecord, pending: set[str], done: set[str]) -> DnsRecordRecord:
    if record["address"] in pending:
        return {**record, "step": "pending"}
    return {**record, "step": "closed" if record["address"] in done else "none"}


def _steps(plan: Plan) -> list[Manual]:
    return [step for step in plan.manual_steps if step.topic == DNS]


def _waiting(plan: Plan) -> set[object]:
    """Return the accounts that an apply changes first: a record of another domain may be there today."""
    return {step.address for step in plan.steps}


def _entries(
    workspace: Workspace, plan: Plan, ledger: Ledger, steps: Sequence[Manual], answers: Mapping[str, str]
) -> Iterator[Draft]:
    signers = workspace.signers(ledger.history)
    for step in steps:
        said: EvidenceBody = {"step": step.id, "digest": step.digest, "by": _BY, "text": answers[str(step.address)]}
        if step.done:
            said["sent"] = plain_attributes(step.done)
        body, _ = signed_body(EntryType.EVIDENCE, step.address, said, agency=plan.agency, signers=signers)
        yield EntryType.EVIDENCE, step.address, body
