"""The ledger in a bucket of Google Cloud Storage: `gs:BUCKET/PREFIX`.

Credentials come from the environment by the names of Google: GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_SERVICE_ACCOUNT, or
the account of the machine. STORAGE_EMULATOR_HOST names an emulator on this machine.
"""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from agencyfile.ledger_stores.append_log import AppendLogStore
from agencyfile.ledger_stores.object_log import open_objects, split
from agencyfile.ledger_stores.optional import optional


def open_store(place: str, marks: Sequence[Path] = (), *, is_accepted: bool = False) -> AppendLogStore:
    """Open the ledger below a prefix of a bucket."""
    stores, environ = optional("obstore.store", "stores"), os.environ
    bucket, prefix = split(place)
    address = environ.get("STORAGE_EMULATOR_HOST")
    nobody = {"token": "none", "expires_at": None}  # an emulator asks for no credential, and must not get a real one
    given = {"base_url": address, "credential_provider": lambda: nobody} if address else {}
    return open_objects(
        partial(stores.GCSStore, bucket, prefix=prefix, **given),
        f"gs:{place}",
        marks,
        address=address,
        is_accepted=is_accepted,
    )
