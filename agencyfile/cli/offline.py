"""`plan --offline`: what the agency file says differently than at another revision; no portal, no ledger, no key."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from agencyfile.cli.plan_output import Output, append_summary, print_rendered, to_json
from agencyfile.cli.records import RevisedBlock, RevisionDocument
from agencyfile.cli.workspace import open_workspace
from plan.address import Address
from plan.forms import encode_origin
from plan.provider import Worded
from plan.revision import ADDED, CHANGED, ENDED, TAKEN_OUT, Revised
from plan.values import plain


def plan_offline(path: Path, base: str, output: Output) -> bool:
    """Print the difference to the revision `base`; is there any?

    Raises:
        CommandExit: the file is not valid, or there is no such revision.
        click.UsageError: the form needs a plan.
    """
    from agencyfile.cli.render.revision import render_revision_markdown  # noqa: PLC0415 - each form alone
    from agencyfile.cli.revisions import revised_since  # noqa: PLC0415 - git
    from agencyfile.language.environment import AnyEnvironment  # noqa: PLC0415 - YAML and pydantic

    render = _RENDERERS.get(output.form)
    if render is None or output.concise:
        raise click.UsageError(f"--offline prints {', '.join(_RENDERERS)}: without the portal there is no plan")
    workspace = open_workspace(path, color=not output.no_color, environ=AnyEnvironment())
    changes = revised_since(path, base, workspace.agency_file)
    document = document_of(workspace.agency, base, changes, _words(changes))
    print_rendered(render(document), output)
    if output.summary:
        append_summary(render_revision_markdown(document))
    return bool(changes)


def document_of(
    agency: str, base: str, changes: Sequence[Revised], words: Mapping[Address, Sequence[str]] | None = None
) -> RevisionDocument:
    """Return the comparison as a record; `words` say what a change means, where the names of attributes do not."""
    counts = Counter(change.action for change in changes)
    return {
        "format_version": "1.0",
        "agency": agency,
        "base": base,
        "offline": True,
        "summary": {
            "changes": len(changes),
            "edited": sum(bool(change.edits) for change in changes),
            "actions": {action: counts[action] for action in (ADDED, CHANGED, TAKEN_OUT, ENDED) if counts[action]},
        },
        "changes": [_block(change, (words or {}).get(change.address, ())) for change in changes],
    }


def _block(change: Revised, words: Sequence[str]) -> RevisedBlock:
    return {
        "address": str(change.address),
        "action": change.action,
        "edits": [
            {"attribute": edit.attribute, "before": plain(edit.before), "after": plain(edit.after)}
            for edit in change.edits
        ],
        "origin": encode_origin(change.origin),
        "words": list(words),
    }


def _words(changes: Sequence[Revised]) -> Mapping[Address, Sequence[str]]:
    """Return the meaning of changes of settings."""
    from agencyfile.kinds import KINDS  # noqa: PLC0415 - pure knowledge: no portal is asked

    worded = {name: kind for name, kind in KINDS.items() if isinstance(kind, Worded)}
    return {
        change.address: worded[change.address.kind].words(change.before, change.after)
        for change in changes
        if change.address.kind in worded and change.before is not None and change.after is not None
    }


def _text(document: RevisionDocument) -> str:
    from agencyfile.cli.render.revision import render_revision_text  # noqa: PLC0415

    return render_revision_text(document)


def _markdown(document: RevisionDocument) -> str:
    from agencyfile.cli.render.revision import render_revision_markdown  # noqa: PLC0415

    return render_revision_markdown(document)


_RENDERERS: Final[Mapping[str, Callable[[RevisionDocument], str]]] = {
    "text": _text,
    "json": to_json,
    "markdown": _markdown,
}
