"""Agency files for rehearsals."""

from collections.abc import Mapping

PLUS = "{tier: plus, billing: monthly, contacts: 1000}"


def agency(recipient: str | None, body: str = "", **accounts: str) -> str:
    """An agency file: a head with defaults, `body`, and one block per account (`name="extra: yaml"`)."""
    recipients = f"[{recipient}]" if recipient else "[]"
    blocks = "".join(f"  {name.replace('_', '-')}: {_block(name, extra)}\n" for name, extra in accounts.items())
    return f"""\
version: 1
agency:
  name: northwind
  credentials: {{recipients: {recipients}}}
defaults:
  sandbox: {{notification: ops@northwind.example}}
  account:
    notification: ops@northwind.example
    language: french
    timezone: Europe/Paris
    plan: {PLUS}
{body}
accounts:
{blocks or "  {}"}
"""


def _block(name: str, extra: str) -> str:
    client = f"client: {{name: {name.title()}, email: {name}@client.example}}"
    return f"{{{client}{', ' + extra if extra else ''}}}"


LAB = """\
sandboxes:
  lab: {client: {name: Lab, email: lab@northwind.example}}
snapshots:
  base: {sandbox: lab}
"""


def live_account(name: str, **attributes: object) -> Mapping[str, object]:
    """An account at the portal as `agency(..., name="")` declares it: nothing to change."""
    return {
        "account": name,
        "client_name": name.title(),
        "client_email": f"{name}@client.example",
        "notification": "ops@northwind.example",
        "plan": {"tier": "plus", "billing": "monthly", "contacts": 1000},
        "language": "french",
        "timezone": "Europe/Paris",
        **attributes,
    }
