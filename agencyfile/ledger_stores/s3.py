"""The ledger in a bucket of S3, or of a store that speaks its protocol: `s3:BUCKET/PREFIX`.

Region, address and credentials come from the environment by the names of AWS: AWS_REGION, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, AWS_ENDPOINT_URL. On a machine
of AWS its role is used. The agency file names no host.
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
    address = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or environ.get("AWS_ENDPOINT")
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    given = {**({"endpoint": address} if address else {}), **({"region": region} if region else {})}
    return open_objects(
        partial(stores.S3Store, bucket, prefix=prefix, **given),
        f"s3:{place}",
        marks,
        address=address,
        is_accepted=is_accepted,
    )
