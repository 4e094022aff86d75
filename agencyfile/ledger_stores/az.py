"""The ledger in a container of Azure Blob Storage: `az:CONTAINER/PREFIX`.

Account and credentials come from the environment by the names of Azure: AZURE_STORAGE_ACCOUNT_NAME,
AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_KEY; AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET or
AZURE_FEDERATED_TOKEN_FILE; or the identity of the machine. AZURE_STORAGE_ENDPOINT names another address.
"""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from agencyfile.ledger_stores.append_log import AppendLogStore
from agencyfile.ledger_stores.object_log import open_objects, split
from agencyfile.ledger_stores.optional import optional


def open_store(place: str, marks: Sequence[Path] = (), *, is_accepted: bool = False) -> AppendLogStore:
    """Open the ledger below a prefix of a container."""
    stores, environ = optional("obstore.store", "stores"), os.environ
    bucket, prefix = split(place)
    address = environ.get("AZURE_STORAGE_ENDPOINT")
    given = {"endpoint": address} if address else {}
    return open_objects(
        partial(stores.AzureStore, bucket, prefix=prefix, **given),
        f"az:{place}",
        marks,
        address=address,
        is_accepted=is_accepted,
    )
