"""The shape of public keys that can read new accounts' passwords: age X25519, and SSH keys as age takes them."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Final

_CHARSET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  # BIP 173
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_AGE_LENGTH: Final = 62  # "age1", 52 characters for 32 bytes, 6 of checksum
_SSH_TYPES: Final = ("ssh-ed25519", "ssh-rsa")
_SIGNING_TYPES: Final = (
    *_SSH_TYPES,
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
_PRINCIPAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")  # no pattern: it stands for one person

# Recipients that documents show. Of age's own manual nobody at an agency holds the private halves, and some are public.
SAMPLES: Final = frozenset(
    {
        "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
        "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg",
        "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa",
        "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm",
    }
)
# The key of our own examples: its private half is published beside them, so that they run. It is for rehearsals alone.
PUBLISHED_RECIPIENTS: Final = frozenset({"age192y62ksy3ykc8y3q43mchd5nlpdr0kul8mu6ctw4ew50yknks3fqryyhd6"})


def is_private_key(text: str) -> bool:
    """Is it the secret half of a key pair, which must never stand in a file?"""
    return "AGE-SECRET-KEY-" in text.upper() or "PRIVATE KEY-----" in text


def is_recipient(text: str) -> bool:
    """Has `text` the shape, and where there is one the checksum, of a public key?"""
    if text.startswith("age1"):
        return _is_age_key(text)
    words = text.split()
    return len(words) > 1 and words[0] in _SSH_TYPES and _is_ssh_key(words[0], words[1])


def is_signer(text: str) -> bool:
    """Has `text` the form of a line of git's allowed signers: a name, the type of an SSH key, the key?"""
    words = text.split()
    return (
        len(words) in (3, 4)
        and _PRINCIPAL.fullmatch(words[0]) is not None
        and words[1] in _SIGNING_TYPES
        and _is_ssh_key(words[1], words[2])
    )


def _is_age_key(text: str) -> bool:
    prefix, _, data = text.partition("1")
    if len(text) != _AGE_LENGTH or any(character not in _CHARSET for character in data):
        return False
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    return _polymod([*expanded, *(_CHARSET.index(character) for character in data)]) == 1


def _polymod(values: Iterable[int]) -> int:
    """The checksum of bech32 (BIP 173)."""
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check


def _is_ssh_key(kind: str, encoded: str) -> bool:
    """An SSH key is base64 of length-prefixed fields, of which the first repeats the type (RFC 4253, 6.6)."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    name = kind.encode()
    return raw.startswith(len(name).to_bytes(4, "big") + name) and len(raw) > len(name) + 4
