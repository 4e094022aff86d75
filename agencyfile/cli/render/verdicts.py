"""Findings of reconciliation as text."""

from collections.abc import Iterable, Iterator

from agencyfile.cli.console import style
from agencyfile.cli.render.safe import one_line
from plan.ledger import OpenIntent
from plan.ledger.bodies import IntentState
from plan.reconcile import Verdict

_WORDS = {
    IntentState.CONFIRMED: ("adopted", "green"),
    IntentState.ABSENT: ("absent", "yellow"),
    IntentState.AMBIGUOUS: ("ambiguous", "red"),
    IntentState.INTENT: ("still open", "yellow"),
    IntentState.SENT: ("still open", "yellow"),
}


def render_verdicts(judged: Iterable[tuple[OpenIntent, Verdict]]) -> str:
    """One line for each intent that was open: what it came to, and by what."""
    lines = list(_lines(judged))
    return "\n".join(["Calls of an earlier run whose answer was lost:", *lines, "", ""]) if lines else ""


def _lines(judged: Iterable[tuple[OpenIntent, Verdict]]) -> Iterator[str]:
    for intent, verdict in judged:
        word, color = _WORDS[verdict.state]
        what = f"{one_line(str(intent.address))} ({intent.operation})"
        yield f"  {style(f'{word:<10}', fg=color)} {what}: {one_line(verdict.message)}"
        if verdict.state in (IntentState.ABSENT, IntentState.AMBIGUOUS):
            yield f"             agencyfile ledger reconcile --explain {one_line(str(intent.address))}"
