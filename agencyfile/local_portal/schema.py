"""The tables of a portal.

Rows that a list can show are never overwritten without a trace: ``accounts_past`` keeps the row as it was before a
write, ``snapshots`` keeps the writes that made and deleted a row, and so do ``templates`` and ``brandings``, where a
change ends one row and makes the next. That lets a list answer as of an earlier write.

A folder is brought up to date by the steps that it lacks, and a fresh one takes them all.
"""

from __future__ import annotations

_ACCOUNT_COLUMNS = """
    id INTEGER PRIMARY KEY{autoincrement},
    account TEXT NOT NULL{unique},
    cname TEXT NOT NULL DEFAULT '',
    planid INTEGER NOT NULL,
    client_name TEXT NOT NULL DEFAULT '',
    client_email TEXT NOT NULL DEFAULT '',
    notification TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT 'english',
    timezone TEXT NOT NULL DEFAULT 'America/Chicago',
    country TEXT NOT NULL DEFAULT 'US',
    snapshot_id INTEGER,
    status TEXT NOT NULL,
    lock_message TEXT NOT NULL DEFAULT '',
    subscribers INTEGER NOT NULL DEFAULT 0,
    emails_sent INTEGER NOT NULL DEFAULT 0,
    expire TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    due_at REAL,
    cancelled_at REAL,
    cancel_reason TEXT NOT NULL DEFAULT '',
    retain_data INTEGER NOT NULL DEFAULT 1,
    conversations TEXT NOT NULL DEFAULT '',
    conversation_seats INTEGER NOT NULL DEFAULT 0,
    scoring INTEGER NOT NULL DEFAULT 0,
    email_credits INTEGER NOT NULL DEFAULT 0,
    compatibility_credits INTEGER NOT NULL DEFAULT 0,
    contents TEXT NOT NULL DEFAULT '{{}}',
    salt BLOB NOT NULL DEFAULT x'',
    password BLOB NOT NULL DEFAULT x'',
    made_by INTEGER NOT NULL DEFAULT 0
"""

TABLES = f"""
CREATE TABLE accounts ({_ACCOUNT_COLUMNS.format(autoincrement=" AUTOINCREMENT", unique=" UNIQUE")});
CREATE INDEX accounts_by_cname ON accounts (cname) WHERE cname != '';
CREATE INDEX accounts_by_due ON accounts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX accounts_by_update ON accounts (updated_at, id);
CREATE INDEX accounts_by_creation ON accounts (created_at, id);

CREATE TABLE accounts_past (write INTEGER NOT NULL, {_ACCOUNT_COLUMNS.format(autoincrement="", unique="").replace("PRIMARY KEY", "NOT NULL")});
CREATE INDEX accounts_past_by_write ON accounts_past (write);
CREATE INDEX accounts_past_by_account ON accounts_past (id);

CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at REAL NOT NULL,
    begin_at REAL,
    due_at REAL,
    completed_at REAL,
    contents TEXT NOT NULL DEFAULT '{{}}',
    made_by INTEGER NOT NULL DEFAULT 0,
    deleted_by INTEGER,
    deleted_at REAL
);
CREATE INDEX snapshots_by_due ON snapshots (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE clonings (
    id TEXT PRIMARY KEY,
    target_id INTEGER NOT NULL REFERENCES accounts (id),
    source_id INTEGER NOT NULL,
    snapshot_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    started_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    due_at REAL,
    error_message TEXT,
    contents TEXT NOT NULL DEFAULT '{{}}'
);
CREATE INDEX clonings_by_due ON clonings (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX clonings_by_target ON clonings (target_id);

CREATE TABLE charges (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,
    account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    description TEXT NOT NULL,
    plan INTEGER NOT NULL
);

CREATE TABLE pools (name TEXT PRIMARY KEY, credits INTEGER NOT NULL CHECK (credits >= 0));
CREATE TABLE grants (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,
    account TEXT NOT NULL,
    pool TEXT NOT NULL,
    credits INTEGER NOT NULL
);

CREATE TABLE writes (serial INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, request INTEGER NOT NULL);
CREATE TABLE requests (
    serial INTEGER PRIMARY KEY,
    time REAL NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    api TEXT NOT NULL,
    action TEXT,
    account TEXT,
    write INTEGER NOT NULL,
    parameters TEXT NOT NULL,
    status INTEGER,
    result_code INTEGER,
    fault TEXT,
    committed INTEGER NOT NULL
);
CREATE TABLE late_calls (
    request INTEGER PRIMARY KEY,
    due_at REAL NOT NULL,
    api TEXT NOT NULL,
    action TEXT NOT NULL,
    parameters TEXT NOT NULL
);
"""  # noqa: E501 - one constant with two spellings of the same columns

# Of step 2: data of one account's own API (docs/portal.md section 3), and of the changes that a human makes in an
# account. A key is created with its account, by any way.
_OWN_API = """
ALTER TABLE accounts ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN login BLOB NOT NULL DEFAULT x'';
ALTER TABLE accounts ADD COLUMN trial_extensions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN free_renewals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN custom_fields INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN forever_free INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts_past ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_past ADD COLUMN login BLOB NOT NULL DEFAULT x'';
ALTER TABLE accounts_past ADD COLUMN trial_extensions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts_past ADD COLUMN free_renewals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts_past ADD COLUMN custom_fields INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts_past ADD COLUMN forever_free INTEGER NOT NULL DEFAULT 0;

CREATE TABLE account_keys (account_id INTEGER PRIMARY KEY, api_key TEXT NOT NULL UNIQUE);
INSERT INTO account_keys SELECT id, lower(hex(randomblob(36))) FROM accounts;
CREATE TRIGGER key_of_an_account AFTER INSERT ON accounts BEGIN
    INSERT INTO account_keys VALUES (NEW.id, lower(hex(randomblob(36))));
END;

CREATE TABLE templates (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    html TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    scope TEXT NOT NULL DEFAULT 'all',
    lists TEXT NOT NULL DEFAULT '[]',
    tags TEXT NOT NULL DEFAULT '[]',
    designer INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    made_by INTEGER NOT NULL DEFAULT 0,
    ended_by INTEGER
);
CREATE INDEX templates_by_account ON templates (account_id, id);
ALTER TABLE snapshots ADD COLUMN templates TEXT NOT NULL DEFAULT '[]';
ALTER TABLE clonings ADD COLUMN templates TEXT NOT NULL DEFAULT '[]';

CREATE TABLE brandings (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    fields TEXT NOT NULL,
    updated_at REAL NOT NULL,
    made_by INTEGER NOT NULL DEFAULT 0,
    ended_by INTEGER
);
CREATE INDEX brandings_by_account ON brandings (account_id);

ALTER TABLE late_calls ADD COLUMN account TEXT NOT NULL DEFAULT '';
CREATE TABLE taken_names (name TEXT PRIMARY KEY);
CREATE TABLE defaults (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE acts (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,
    action TEXT NOT NULL,
    account TEXT,
    parameters TEXT NOT NULL
);
"""

# Of step 3: the name that the Partners Hub shows of an account, where it is no label (docs/portal.md section 8, R2).
_DISPLAY_NAMES = """
ALTER TABLE accounts ADD COLUMN display_name TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts_past ADD COLUMN display_name TEXT NOT NULL DEFAULT '';
"""

STEPS = (TABLES, _OWN_API, _DISPLAY_NAMES)
VERSION = len(STEPS)

# Made at every opening: a folder that an earlier release filled has no such tables.
PRICES = "CREATE TABLE IF NOT EXISTS prices (planid INTEGER PRIMARY KEY, price INTEGER NOT NULL)"
CURRENCIES = "CREATE TABLE IF NOT EXISTS currencies (planid INTEGER PRIMARY KEY, currency TEXT NOT NULL)"

# Made at every opening as well: what the pages for people keep beside the two APIs.
BESIDE = (
    PRICES,
    CURRENCIES,
    """
CREATE TABLE IF NOT EXISTS mails (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    copy TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    is_open INTEGER NOT NULL
)""",
    """
CREATE TABLE IF NOT EXISTS prepaid_uses (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,
    account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    own INTEGER NOT NULL,
    description TEXT NOT NULL
)""",
    """
CREATE TABLE IF NOT EXISTS contact_people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    language TEXT NOT NULL,
    is_group INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    code TEXT NOT NULL,
    created REAL NOT NULL
)""",
    "CREATE TABLE IF NOT EXISTS contact_customers (number TEXT PRIMARY KEY, name TEXT NOT NULL)",
    """
CREATE TABLE IF NOT EXISTS contact_domains (
    number TEXT NOT NULL,
    domain TEXT NOT NULL,
    usable_at REAL NOT NULL,
    PRIMARY KEY (number, domain)
)""",
    """
CREATE TABLE IF NOT EXISTS contact_subscriptions (
    number TEXT NOT NULL,
    level TEXT NOT NULL,
    object TEXT NOT NULL,
    name TEXT NOT NULL,
    contact INTEGER NOT NULL,
    PRIMARY KEY (number, level, object, name, contact)
)""",
    "CREATE TABLE IF NOT EXISTS contact_drafts (code TEXT PRIMARY KEY, draft TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS shares (code TEXT PRIMARY KEY, draft TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS login_attempts (account TEXT PRIMARY KEY, wrong INTEGER NOT NULL, last REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS reset_codes (code TEXT PRIMARY KEY, account_id INTEGER NOT NULL, time REAL NOT NULL)",
)

# A person buys more credit on the portal's page (docs/portal.md rule 65); a fresh portal has bought some already.
POOLS = {"email": 100_000, "compatibility": 1_000}

EMPTIED = (
    "accounts",
    "accounts_past",
    "snapshots",
    "clonings",
    "charges",
    "prices",
    "currencies",
    "pools",
    "grants",
    "writes",
    "requests",
    "late_calls",
    "account_keys",
    "templates",
    "brandings",
    "taken_names",
    "defaults",
    "acts",
    "mails",
    "prepaid_uses",
    "contact_people",
    "contact_customers",
    "contact_domains",
    "contact_subscriptions",
    "contact_drafts",
    "shares",
    "login_attempts",
    "reset_codes",
)
