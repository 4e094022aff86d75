"""A plan as the few facts on which a pipeline decides, one `NAME=VALUE` a line."""

from collections.abc import Iterator

from plan.records.document import PlanDocument


def render_outputs(document: PlanDocument) -> str:
    """Render the digest, how many changes there are, whether an apply is needed, and whether a call is open.

    A change of the agency's settings is one of the changes. `open` says that the outcome of a call of an earlier
    apply is unknown. An apply is needed then too: it settles the call. `refused` says that a guard refuses an apply.
    """
    return "".join(f"{name}={value}\n" for name, value in _outputs(document))


def _outputs(document: PlanDocument) -> Iterator[tuple[str, str]]:
    changes = document["totals"]["changes"]
    is_open = bool(document["blocked"])
    yield "digest", document["digest"]
    yield "changes", str(changes)
    yield "needed", _word(changes > 0 or is_open)
    yield "open", _word(is_open)
    yield "refused", _word(bool(document["refusals"]))


def _word(value: bool) -> str:  # noqa: FBT001 - it is what is written
    return str(value).lower()
