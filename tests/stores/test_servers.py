"""The servers of these tests keep what the real ones promise, also for many who ask at once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests
from stores.servers import s3

WRITERS, NAMES = 6, 30
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=sentinel-key-id/20261121/us-east-1/s3/aws4_request"}


@contextmanager
def hasty_threads() -> Iterator[None]:
    """Let threads take turns as often as they do on a machine with much to do."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of a bucket."""
    with s3() as environment:
        yield f"{environment['AWS_ENDPOINT_URL']}/agency-ledgers"


def test_s3_of_the_tests_creates_an_object_once(bucket: str) -> None:
    """Of many who create it at once one wins; whoever lists the bucket meanwhile is answered."""

    def create(name: int) -> int:
        headers = {**SIGNED, "If-None-Match": "*"}
        return requests.put(f"{bucket}/servers/{name}", b"x", headers=headers, timeout=60).status_code

    def look(_: int) -> int:
        return requests.get(f"{bucket}?list-type=2&prefix=servers/", headers=SIGNED, timeout=60).status_code

    with hasty_threads(), ThreadPoolExecutor(2 * WRITERS) as pool:
        looks = [pool.submit(look, number) for number in range(NAMES)]
        creations = [[pool.submit(create, name) for _ in range(WRITERS)] for name in range(NAMES)]
        won = [sorted(each.result() for each in racers) for racers in creations]

        assert won == [[200, *[412] * (WRITERS - 1)]] * NAMES
        assert {each.result() for each in looks} == {200}
