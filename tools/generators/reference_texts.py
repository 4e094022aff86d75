"""The prose of the agency file's reference, and the words of its tables."""

from typing import Final

from agencyfile.declarations import patterns
from agencyfile.language.ignore_patterns import IGNORE_PATTERN

SHAPES: Final = {
    patterns.LABEL: "1 to 63 lower-case letters, digits and inner hyphens",
    patterns.HOST: "host name with a top-level domain",
    patterns.RATE: "number and `/s`",
    patterns.DURATION: "number and unit: `ms`, `s`, `m`, `h`",
    patterns.REFERENCE: "`${env:NAME}`",
    patterns.RECIPIENT: "public key",
    patterns.LEDGER: "`file:PATH`, `git+branch:NAME`, `git+branch:NAME@REMOTE`, `postgres:NAME`, `s3:BUCKET/PREFIX` "
    "(or `gs:`, `az:`), `http:NAME`",
    patterns.MONEY: "amount and currency",
    patterns.SHARE: "number and `%`",
    patterns.ACCOUNT_API: "https URL with `{account}` in it",
    patterns.IMAGE: "https URL",
    patterns.SHARE_LINK: "URL on `tplshare.com`",
    IGNORE_PATTERN: "address pattern",
    patterns.COUNTRY: "two letters of ISO 3166-1",
    patterns.CURRENCY: "three letters of ISO 4217",
}
KEYS: Final = {
    patterns.LABEL: "login name",
    patterns.BLOCK_NAME: "name",
    patterns.PLAN_KEY: "`TIER/BILLING/CONTACTS`, `trial` or `sandbox`",
}
FORMATS: Final = {"email": "e-mail address", "uri": "https URL"}
INHERITED: Final = ("notification", "plan")  # asked for once the defaults are merged
DEFAULTS: Final = {
    "country": "left to the portal",
    "currency": "left to the portal",
    "protect": "`true`",
    "status": "left as it is",
    "language": "left to the portal",
    "timezone": "left to the portal",
    "retain_data": "`true`",
    "adopt": "`false`",
    "custom_fields": "left as it is",
    "trial": "`false`",
    "apply_to_existing": "left as it is",
}
FULL_DEFAULTS: Final = {  # by path, where the key alone does not tell
    "version": "required in the root file",
    "agency": "required in the root file",
    "accounts.NAME.templates": "every template",
    "accounts.NAME.trial": "",
}

HEAD: Final = """\
# The agency file

Every key of the agency file, and every diagnostic of `agencyfile validate`. Written by
`tools/generators/reference.py` from the models that validate the file; `make schema` writes it anew.

"""

EXAMPLE: Final = """\
## Example

<!-- before: mkdir -p templates && echo '<p>' >templates/newsletter.html && export AGENCY_ACME_KEY=a-key -->
<!-- written to: agency.yaml -->
```yaml
version: 1

agency:
  name: northwind
  credentials:
    recipients: [age192y62ksy3ykc8y3q43mchd5nlpdr0kul8mu6ctw4ew50yknks3fqryyhd6]
  review: {max_changed_share: 30%}

ignore: [account.legacy-*]

defaults:
  sandbox:
    notification: ops@northwind.example
  account:
    notification: ops@northwind.example
    language: french
    timezone: Europe/Paris
    country: FR
    currency: EUR
    snapshot: fitness-2026-11
    plan: {tier: plus, billing: monthly, contacts: 1000}
    branding: {site_name: Northwind Mail, links: false}

sandboxes:
  fitness-lab:
    client: {name: Northwind Lab, email: lab@northwind.example}
    custom_fields: true

snapshots:
  fitness-2026-11: {sandbox: fitness-lab}

templates:
  newsletter: {type: basic, html: templates/newsletter.html, tags: [fitness]}
  welcome: {type: designer, share_link: https://tplshare.com/abc123}
  promo: {type: legacy, source_account: northwind}

accounts:
  acme-gym:
    client: {name: Acme Gym, email: owner@acme.example}
    plan: {contacts: 2500}
    domain: mail.acme.example
    templates: [newsletter, welcome]
    credits: {email: 5000, sms: 500, prepaid: 100 USD}
    addons: {scoring: true, conversations: {seats: 2}}
    branding: {site_name: Acme Mail, site_logo: https://acme.example/logo.png}
    api: {url: https://acme.api-us1.com, key: "${env:AGENCY_ACME_KEY}"}
  acme-pilates:
    client: {name: Acme Pilates, email: hello@pilates.example}
    plan: {tier: trial}
    trial: {extended: true}
  moved-in:
    adopt: true
  new-name:
    client: {name: Renamed, email: hello@renamed.example}
    previously: old-name

removed:
  - {account: old-client, action: cancel, reason: contract ended 2026-10-31}
  - {account: spun-off, action: transfer, reason: client takes over}
  - {snapshot: fitness-2024, action: delete, reason: superseded}
```

```sh
agencyfile validate                  # every mistake at once, with its line; asks no portal
agencyfile validate --format github  # the same, as annotations of a pull request
agencyfile schema                    # the JSON Schema of the file, for editors
```

The file is YAML 1.2 in UTF-8, one document, without tags and merge keys (`<<`). A key that is not listed here is an
error. In the tables NAME is a name that you choose, and N the place in a list. The file may also be called
`agencyfile.yaml`; a folder with both names is an error, unless `-f` names one.

A file has 5 MiB and 500,000 values at most, all files of a run 50 MiB. Only the environment raises this:
`AGENCYFILE_LIMIT_FILE_BYTES`, `AGENCYFILE_LIMIT_VALUES`, `AGENCYFILE_LIMIT_ALL_BYTES`.

`reason:` in an account, a sandbox or a snapshot says why it differs from others, and beside `protect: false` why it
is not protected. A plan shows it with each change of the block, and its digest covers it. An entry of
[ignore](#ignore) may have one too: `{pattern: account.legacy-*, reason: billed by the former agency}`.

A name is an identity: of an account and a sandbox the login name, of everything else the name of the block. A block of
another name is another thing, unless `previously` names what it was before. Included files hold `sandboxes`,
`snapshots`, `templates`, `accounts` and `removed`; everything else stands in the root file.

"""

NOTES: Final = {
    "agency": """\
Keys are never written into the file. `agencyfile` takes them from `AGENCYFILE_AGENCY_KEY` and `AGENCYFILE_HUB_KEY`, or
from the variables that `agency_key` and `hub_key` name. Besides them only `api.key` of an account may refer to the
environment.

The ledger is a file of the agency file's folder, or a branch of its repository: `git+branch:NAME`, with `@REMOTE` for a
remote of that name. NAME is what git takes as a branch; the last `@` begins the remote.

`account_settings` are the portal's default account settings. No API reads or writes them: they are steps for a human.
The templates listed there are given to each new account by the portal itself.""",
    "defaults": """\
A block has what the defaults of its kind say unless it says otherwise. Values are replaced; the words of `addons`,
`branding`, `credits` and `plan` are merged one by one, except where those of a plan cannot stand together: an `id`
drops the other words of the defaults and any other word drops their `id`, and `tier: trial` drops `billing` and
`contacts`.""",
    "sandboxes": """\
A sandbox takes neither `plan` nor `domain`. Sandboxes and accounts share the portal's host names, so that a name stands
in one of the two once.""",
    "snapshots": """\
A block that is left out leaves the snapshot at the portal as it is; [removed](#removed) says what is to be deleted. A
snapshot has no content of its own: change the sandbox, and declare a snapshot of another name.""",
    "templates": """\
Each type has its own keys. An account gets every template of the file, but for those in
`agency.account_settings.templates`; or exactly the ones that its `templates` names, in that order.""",
    "accounts": """\
A block that is left out leaves the account at the portal as it is; [removed](#removed) says what is to be ended.
`client`, `language`, `timezone`, `country` and `currency` are set at creation; a later change of what agencyfile sent
is a step for a human. A plan is complete with `tier`, `billing` and `contacts`; `tier: trial` or an `id` stands alone.

`adopt: true` takes over an account that exists already, or is being moved in: it is never created, and `client`,
`notification` and `plan` need not be named. What the block or its defaults name is managed.

Each total of `credits` is what was ever granted, from the first day on: to grant 500 more, raise it by 500. A total of
0 grants nothing, and takes the place of a total in the defaults. Trial, plus, pro and enterprise have SMS.

Of `addons` and `branding` only what is named is managed. A trial may be branded, and may be extended once.""",
    "removed": """\
What is in this list stands under `accounts`, `sandboxes` or `snapshots` no more. An account is cancelled, transferred
to its client or forgotten; a sandbox cancelled or forgotten; a snapshot deleted or forgotten. `retain_data` belongs to
`cancel`.""",
}

DIAGNOSTICS: Final = """\
## Diagnostics

What `agencyfile validate` can say: all of it at once, each at its line. An error stops the command before a request is
made; a warning does not. The source is a rule or section of [portal.md](portal.md), the YAML specification, or the
language itself.

"""

NOTHING: Final = """\
Rules of the portal that could be checked in the file, and that no file can break:

"""
