"""A store forgets a ledger, as its owner could make it: what agencyfile itself never does."""

from collections.abc import Mapping
from typing import Any

import obstore
import psycopg
from stores.states import SERVED

from agencyfile.ledger_stores import open_ledger_store


def wipe(place: str, environment: Mapping[str, str]) -> None:
    """Delete every trace of the ledger."""
    scheme, _, name = place.partition(":")
    match scheme:
        case "postgres":
            _wipe_rows(name, environment)
        case "http":
            for states in SERVED:
                for state in [state for state in states.versions if state.startswith(f"{name}-")]:
                    del states.versions[state]
        case "s3" | "gs" | "az":
            store: Any = open_ledger_store(place)
            for path in [item["path"] for page in obstore.list(store._log._store) for item in page]:
                obstore.delete(store._log._store, path)
        case _:
            raise NotImplementedError(scheme)


def _wipe_rows(name: str, environment: Mapping[str, str]) -> None:
    with psycopg.connect(
        host=environment["PGHOST"], dbname=environment["PGDATABASE"], user=environment["PGUSER"], autocommit=True
    ) as owner:
        owner.execute("ALTER TABLE agencyfile.entries DISABLE TRIGGER USER")
        owner.execute("DELETE FROM agencyfile.entries WHERE ledger = %s", (name,))
        owner.execute("ALTER TABLE agencyfile.entries ENABLE TRIGGER USER")
