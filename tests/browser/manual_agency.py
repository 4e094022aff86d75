"""An agency whose plan has manual steps of every kind that the portal's pages can do, and the portal that it finds."""

from typing import Any

FILE = """version: 1
agency:
  name: northwind
  ledger: file:.agencyfile/ledger.jsonl
  account_settings:
    branding: {site_name: Northwind Mail, site_logo: https://northwind.example/logo.png, copyright: false}
    templates: [newsletter, welcome, promo]
    apply_to_existing: true
sandboxes:
  lab: {adopt: true, custom_fields: true, notification: ops@northwind.example}
templates:
  newsletter: {type: basic, html: newsletter.html, tags: [fitness, monthly]}
  welcome: {type: designer, share_link: "http://tplshare.com/AbC123"}
  promo: {type: legacy, source_account: lab}
accounts:
  acme:
    client: {name: Acme Gym, email: new@acme.example}
    notification: ops@northwind.example
    language: french
    timezone: Europe/Brussels
    plan: {tier: plus, billing: monthly, contacts: 1000}
    templates: [newsletter, welcome, promo]
    branding: {site_name: Acme Mail, header_text: Hello, help: false}
    credits: {sms: 500, prepaid: 50 USD}
  gone:
    adopt: true
    notification: ops@northwind.example
    plan: {tier: pro, billing: annual, contacts: 2500}
  weeks:
    adopt: true
    notification: ops@northwind.example
    plan: {tier: trial}
    trial: {extended: true}
  comer:
    adopt: true
    client: {name: Comer, email: owner@comer.example}
    notification: ops@northwind.example
  zenith:
    adopt: true
    previously: zeta
    notification: ops@northwind.example
removed:
  - {account: leaver, action: transfer, reason: client takes over}
"""

HTML = "<!DOCTYPE html><title>News</title><p>Hello</p>"

ACCOUNTS: list[dict[str, Any]] = [
    {
        "account": "lab",
        "plan": {"tier": "sandbox"},
        "notification": "ops@northwind.example",
        "templates": [{"name": "promo", "designer": True}],
    },
    {
        "account": "acme",
        "client_name": "Acme",
        "client_email": "old@acme.example",
        "notification": "ops@northwind.example",
        "plan": {"tier": "plus", "contacts": 1000},
    },
    {"account": "gone", "plan": {"tier": "plus"}, "notification": "ops@northwind.example", "status": "cancelled"},
    {"account": "weeks", "plan": {"tier": "trial"}, "notification": "ops@northwind.example"},
    {"account": "zeta", "notification": "ops@northwind.example"},
    {"account": "leaver", "client_name": "Leaver", "branding": {"siteName": "Northwind Mail"}},
]
