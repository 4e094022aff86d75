"""Write the files that are generated and checked in; with `--check`, say which of them are stale."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from agencyfile.cli.app import root
from agencyfile.cli.expectations.model import expectations_schema
from agencyfile.fleet.schema import fleet_schema
from agencyfile.language import agency_schema
from tools.generators import answers_table, forms_table, output_schemas, picture, reference, rules_page, schemas

TOP = Path(__file__).parents[2]


def generated() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    context = click.Context(root, info_name="agencyfile", **{**root.context_settings, "terminal_width": 100})
    return {
        TOP / "schemas" / "agency.schema.json": _text(agency_schema()),
        TOP / "schemas" / "plan.schema.json": _text(schemas.plan_schema()),
        TOP / "schemas" / "event.schema.json": _text(schemas.event_schema()),
        TOP / "schemas" / "doctor.schema.json": _text(schemas.doctor_schema()),
        TOP / "schemas" / "doctor-report.schema.json": _text(schemas.doctor_report_schema()),
        TOP / "schemas" / "ledger.schema.json": _text(schemas.ledger_schema()),
        TOP / "schemas" / "expectations.schema.json": _text(expectations_schema()),
        TOP / "schemas" / "clients.schema.json": _text(schemas.clients_schema()),
        **{
            TOP / "schemas" / f"{name}.schema.json": _text(schema)
            for name, schema in output_schemas.output_schemas().items()
        },
        TOP / "schemas" / "fleet.schema.json": _text(fleet_schema()),
        TOP / "agencyfile" / "cli" / "help.txt": root.get_help(context) + "\n",
        TOP / "docs" / "plan.svg": picture.plan_picture(),
        TOP / "docs" / "agency-file.md": reference.agency_file_reference(),
        answers_table.PAGE: answers_table.guarantees_page(),
        forms_table.PAGE: forms_table.review_page(),
        TOP / "docs" / "rules.md": rules_page.rules_page(),
    }


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or check."""
    files = generated()
    stale = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--check" in sys.argv:
            print(f"stale: {path.relative_to(TOP)} (make schema)")
        else:
            path.write_text(files[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
