"""What it costs to show a plan, against writing the same document as JSON."""

import json
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from agencyfile.cli.render.annotations import render_annotations
from agencyfile.cli.render.html import render_html
from agencyfile.cli.render.markdown import render_markdown
from agencyfile.cli.render.plan_text import render_plan

Document = Any

RENDERERS: Mapping[str, Callable[[Document], str]] = {
    "text": render_plan,
    "text, 60 columns": lambda document: render_plan(document, width=60),
    "text, concise": lambda document: render_plan(document, concise=True),
    "markdown": render_markdown,
    "markdown, in full": lambda document: render_markdown(document, limit=10**9),
    "html": render_html,
    "annotations": render_annotations,
}


def report(smaller: Document, larger: Document) -> None:
    """Seconds for the larger document, as a multiple of its JSON, and of what a tenth of it takes."""
    plain = _seconds(lambda document: json.dumps(document, indent=2), larger)
    print(f"\nshowing a plan of {len(larger['resource_changes']):,} changes; as JSON {plain * 1000:.0f} ms")
    print(f"  {'':<26}{'ms':>8}{'x JSON':>9}{'x a tenth':>12}")
    for name, render in RENDERERS.items():
        seconds = _seconds(render, larger)
        growth = seconds / _seconds(render, smaller)
        print(f"  {name:<26}{seconds * 1000:>8.0f}{seconds / plain:>9.1f}{growth:>12.1f}", flush=True)


def _seconds(render: Callable[[Document], str], document: Document) -> float:
    times = []
    for _ in range(5):
        began = time.process_time()
        render(document)
        times.append(time.process_time() - began)
    return statistics.median(times)
