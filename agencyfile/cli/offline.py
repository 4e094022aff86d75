"""`plan --offline`: two revisions of the agency file, without keys, without a portal."""

import json
from pathlib import Path

import click

from agencyfile.cli.plan_output import Output
from agencyfile.cli.revisions import AnyEnvironment, revised_since
from agencyfile.cli.workspace import open_workspace

FORMS = ("text", "json", "markdown")


def compare_revisions(path: Path, base: str, output: Output) -> bool:
    """Print what the agency file says differently than at `base`; return whether anything differs.

    Raises:
        CommandExit: one of the two is not valid, or there is no such revision.
    """
    from agencyfile.cli.render import revision  # noqa: PLC0415 - only who asks pays for it

    if output.form not in FORMS:
        raise click.UsageError(f"--offline has no form {output.form}: expected {', '.join(FORMS)}")
    workspace = open_workspace(path, color=not output.no_color, environ=AnyEnvironment())
    changes = revised_since(path, base, workspace.agency_file)
    document = revision.document_of(workspace.agency, base, changes)
    if output.form == "json":
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif output.form == "markdown":
        click.echo(revision.render_revision_markdown(document), nl=False)
    else:
        click.echo(revision.render_revision_text(document), nl=False, color=output.color)
    return bool(changes)
