"""A plan as GitHub annotations: remarks beside the lines of the agency file, in the log and in the pull request."""

from collections.abc import Iterator
from typing import Final

from agencyfile.cli.render import wording
from agencyfile.cli.render.excerpt import Rest, cut_after, fits
from agencyfile.cli.render.safe import printable
from agencyfile.github_log import workflow_command
from plan.records.diagnostic import OriginRecord
from plan.records.document import ChangeRecord, PlanDocument

_SHOWN: Final = 9  # where there are more, and the last one says how many
MOST: Final = 10  # of each level; GitHub drops what a step says beyond them, without a word
_LEVELS: Final = ("error", "warning", "notice")

_Annotation = tuple[str, OriginRecord | None, str, str]  # level, place, title, message


def render_annotations(document: PlanDocument) -> str:
    """The verdict, then errors, then what cannot be undone, then the rest, at most ten of each level."""
    found = list(_annotations(document))
    return "".join(f"{line}\n" for level in _LEVELS for line in _of_level(level, found))


def _annotations(document: PlanDocument) -> Iterator[_Annotation]:
    title = f"agencyfile {document['agency']}"
    yield "notice", None, title, _verdict(document)
    for change in wording.guards(document):
        yield _setting(change)
    for refusal in document["refusals"]:
        yield "error", None, f"an apply refuses it: {refusal['rule']}", f"{refusal['message']}\nfix: {refusal['fix']}"
    for intent in document["blocked"]:
        message = f"{intent['operation']} of {intent['time']}: {intent['message']}"
        yield "error", None, f"{intent['address']}: outcome unknown", message
    for diagnostic in document["diagnostics"]:
        message = "\n".join(filter(None, (diagnostic["detail"], diagnostic["fix"] and f"fix: {diagnostic['fix']}")))
        name = f"{diagnostic['rule']}: {diagnostic['summary']}"
        yield diagnostic["severity"], diagnostic["origin"], name, message
    for change in document["resource_changes"]:
        if change["effect"] == wording.GUARD:
            continue
        level = "warning" if change["effect"] in wording.GRAVE else "notice"
        yield level, change["origin"], _title(change), _message(change)
    for step in document["manual_steps"]:
        level = "warning" if step["effect"] in wording.GRAVE else "notice"
        yield level, step["origin"], f"☐ {step['id']}", f"by hand: {step['title']}"


def _verdict(document: PlanDocument) -> str:
    now = wording.charges_now(document)
    parts = [
        wording.verdict(document),
        *([f"{now} now (list price)"] if now else []),
        *([wording.outdated(document)] if wording.outdated(document) else []),
        *([f"approve {document['digest']}"] if _is_approvable(document) else []),
    ]
    return " · ".join(parts)


def _setting(change: ChangeRecord) -> _Annotation:
    """Report a change of what an apply may do. A setting recorded for the first time gets a notice, not a warning."""
    words = "\n".join(change["words"])
    if wording.action(change) == "create":
        return "notice", change["origin"], f"{_title(change)}: {change['reason']}", words
    return "warning", change["origin"], f"{_title(change)} changes what an apply may do", words


def _is_approvable(document: PlanDocument) -> bool:
    return bool(document["resource_changes"] and document["applicable"] and not wording.outdated(document))


def _title(change: ChangeRecord) -> str:
    return f"{wording.GLYPHS[wording.action(change)]} {change['address']}"


def _message(change: ChangeRecord) -> str:
    charge = wording.charge(change)
    parts = [
        wording.VERBS[wording.action(change)],
        *([f"charges {charge} (list price)"] if charge else []),
        *([change["effect"]] if change["effect"] in wording.GRAVE else []),
        change["reason"],
        *wording.stated(change),
    ]
    return " · ".join(parts)


def _of_level(level: str, found: list[_Annotation]) -> Iterator[str]:
    ours = [annotation for annotation in found if annotation[0] == level]
    shown, rest = (ours, Rest(())) if fits(ours, MOST) else cut_after(ours, _SHOWN)
    for _, place, title, message in shown:
        yield _command(level, place, title, message)
    if rest.items:
        yield _command(level, None, "agencyfile", f"{rest.words}: the plan has them all")


def _command(level: str, place: OriginRecord | None, title: str, message: str) -> str:
    properties = {"file": place["file"], "line": str(place["line"]), "col": str(place["column"])} if place else {}
    shown = {name: printable(value) for name, value in {**properties, "title": title}.items()}
    return workflow_command(level, shown, printable(message))
