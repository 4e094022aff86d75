"""A look into the DNS: does a client's domain lead to its account (`docs/portal.md` rule 54)?"""

import os
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line

if TYPE_CHECKING:
    from dns.resolver import Answer, Resolver

VARIABLE: Final = "AGENCYFILE_DNS"
_PATIENCE: Final = 10.0  # seconds, all attempts together
_PORT: Final = 53


class NotInDns(CommandExit):
    """The DNS answered, and has no such record."""


def cname_evidence(domain: str, target: str) -> str:
    """The record that makes `domain` lead to `target`, as the resolver answers it now.

    The resolver is the machine's own, or the one that AGENCYFILE_DNS names as IP:PORT.

    Raises:
        CommandExit: there is no such record, it leads elsewhere, or the resolver does not answer.
    """
    answer = _answer(domain, target)
    found = [record.target.to_text(omit_final_dot=True).lower() for record in answer]
    if found != [target]:
        raise _not_there(domain, target, f"is a CNAME for {one_line(', '.join(found))}, not for {target}")
    return f"{answer.rrset} (answered by {answer.nameserver} port {answer.port})"


def _answer(domain: str, target: str) -> "Answer":
    import dns.exception  # noqa: PLC0415 - only a look into the DNS pays for it
    import dns.resolver  # noqa: PLC0415 - same

    try:
        return _resolver().resolve(domain, "CNAME", lifetime=_PATIENCE, search=False)
    except dns.resolver.NXDOMAIN:
        raise _not_there(domain, target, "does not exist in the DNS") from None
    except dns.resolver.NoAnswer:
        raise _not_there(domain, target, "exists, and is no CNAME") from None
    except dns.exception.DNSException as error:
        raise CommandExit(
            ExitCode.ERROR,
            f"the DNS did not tell where {domain} leads: {one_line(str(error))}",
            fix=f"try again, or name another resolver: {VARIABLE}=IP:PORT",
        ) from None


def _resolver() -> "Resolver":
    import dns.resolver  # noqa: PLC0415

    chosen = os.environ.get(VARIABLE)
    if not chosen:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    address, resolver.port = _parse(chosen)
    resolver.nameservers = [address]
    return resolver


def _parse(text: str) -> tuple[str, int]:
    import ipaddress  # noqa: PLC0415

    try:
        parts = urlsplit(f"//{text}")
        return str(ipaddress.ip_address(parts.hostname or "")), parts.port or _PORT
    except ValueError:
        raise CommandExit(
            ExitCode.USAGE, f"{VARIABLE}={text!r} is not an IP address and a port, as in 9.9.9.9:53"
        ) from None


def _not_there(domain: str, target: str, problem: str) -> NotInDns:
    return NotInDns(
        ExitCode.ERROR,
        f"{domain} {problem}; nothing is recorded",
        fix=f"at the DNS provider: {domain}. CNAME {target}.   (new records may take a while to be seen)",
    )
