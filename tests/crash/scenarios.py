"""What is crashed: each kind of call, and each way in which the portal can spoil it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stories import LAB, agency, live_account

Grants = Mapping[tuple[str, str], int]

SANDBOX = {"account": "lab", "plan": {"tier": "sandbox"}, "client_name": "Lab", "client_email": "lab@northwind.example"}
SEEDED_LAB = {**SANDBOX, "notification": "ops@northwind.example"}
FOREIGN = live_account("stranger", cname="stranger.example", email_credits=70)


@dataclass(frozen=True)
class Wanted:
    """What the portal has to hold in the end, because the file says so."""

    accounts: frozenset[str] = frozenset()
    charged: frozenset[str] = frozenset()
    grants: Grants = field(default_factory=dict)
    snapshots: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scenario:
    """A portal, a ledger (the one that an apply of `before` leaves), and a file that asks for more."""

    name: str
    actions: tuple[str, ...]
    body: str
    accounts: Mapping[str, str]
    wanted: Wanted
    seeds: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    before: Mapping[str, str] | None = None

    def text(self, recipient: str, *, resend: bool) -> str:
        """The agency file."""
        return with_policy(agency(recipient, self.body, **self.accounts), resend=resend)

    def text_before(self, recipient: str) -> str:
        """The file of the apply before."""
        return with_policy(agency(recipient, **(self.before or {})), resend=False)


def with_policy(text: str, *, resend: bool) -> str:
    """The file with its policy; its portal counts pages from 1, which saves requests."""
    policy = "after-window" if resend else "never"
    extra = f"  portal: {{first_page: 1}}\n  reconcile: {{resend: {policy}}}\n"
    return text.replace("  name: northwind\n", f"  name: northwind\n{extra}", 1)


def _seeds(*accounts: Mapping[str, Any], snapshot: bool = False) -> dict[str, Sequence[Any]]:
    snapshots = [{"name": "base", "source": "lab"}] if snapshot else []
    return {"accounts": [FOREIGN, *accounts], "snapshots": snapshots}


_REMOVED = "removed:\n  - {account: old, action: cancel, reason: contract ended}\n"
_RAISED = {("rich", "email"): 500, ("rich", "compatibility"): 20}

SCENARIOS = (
    Scenario(
        "account",
        ("account_add",),
        "",
        {"acme": ""},
        Wanted(frozenset({"acme"}), frozenset({"acme"})),
        _seeds(),
    ),
    Scenario(
        "account-from-snapshot",
        ("account_add",),
        LAB,
        {"acme": "snapshot: base"},
        Wanted(frozenset({"acme", "lab"}), frozenset({"acme"}), snapshots=frozenset({"base"})),
        _seeds(SEEDED_LAB, snapshot=True),
    ),
    Scenario(
        "sandbox",
        ("account_add",),
        LAB.partition("snapshots:")[0],
        {},
        Wanted(frozenset({"lab"})),
        _seeds(),
    ),
    Scenario(
        "snapshot",
        ("snapshot_create",),
        LAB,
        {},
        Wanted(frozenset({"lab"}), snapshots=frozenset({"base"})),
        _seeds(SEEDED_LAB),
    ),
    Scenario(
        "credits-email",
        ("account_credits_apply",),
        "",
        {"rich": "credits: {email: 600}"},
        Wanted(frozenset({"rich"}), grants={("rich", "email"): 500}),
        _seeds(live_account("rich")),
        before={"rich": "credits: {email: 100}"},
    ),
    Scenario(
        "credits-compatibility",
        ("account_emailtest_credits_apply",),
        "",
        {"rich": "credits: {email: 600, compatibility: 20}"},
        Wanted(frozenset({"rich"}), grants=_RAISED),
        _seeds(live_account("rich")),
        before={"rich": "credits: {email: 100}"},
    ),
    Scenario(
        "upgrade",
        ("account_edit",),
        "",
        {"rich": "plan: {contacts: 2500}"},
        Wanted(frozenset({"rich"}), frozenset({"rich"})),
        _seeds(live_account("rich")),
    ),
    Scenario(
        "cancel",
        ("account_cancel",),
        _REMOVED,
        {},
        Wanted(cancelled=frozenset({"old"})),
        _seeds(live_account("old")),
    ),
    Scenario(
        "everything",
        ("account_add", "snapshot_create", "account_credits_apply", "account_cancel"),
        LAB + _REMOVED,
        {"acme": "snapshot: base, credits: {email: 50}", "rich": "credits: {email: 600, compatibility: 20}"},
        Wanted(
            frozenset({"acme", "rich", "lab"}),
            frozenset({"acme"}),
            {**_RAISED, ("acme", "email"): 50},
            frozenset({"base"}),
            frozenset({"old"}),
        ),
        _seeds(live_account("rich"), live_account("old")),
        before={"rich": "credits: {email: 100}"},
    ),
)

# How each spoils the first call that it is aimed at. A late commit comes well before the settle window is over.
FAULTS: Mapping[str, Mapping[str, Any] | None] = {
    "none": None,
    "request-dropped": {"kind": "drop_before_commit"},
    "answer-dropped": {"kind": "drop_after_commit"},
    "late-commit": {"kind": "late_commit", "seconds": 0.05},
    "stale-list": {"kind": "stale_list", "writes": 1, "times": 3},
    "5xx-after-commit": {"kind": "error_after_commit", "status": 500},
    "429": {"kind": "rate_limited", "retry_after": 0},
    "truncated": {"kind": "truncated"},
}
LATE = 0.05


def faults_for(name: str, actions: Sequence[str]) -> list[dict[str, Any]]:
    """The faults to set, for the first call of each of `actions`; a list is stale where it shows what they make."""
    fault = FAULTS[name]
    if fault is None:
        return []
    if name == "stale-list":
        actions = sorted({"snapshot_list" if action == "snapshot_create" else "account_list" for action in actions})
    return [{"action": action, "nth": 1, "times": 1, **fault} for action in actions]
