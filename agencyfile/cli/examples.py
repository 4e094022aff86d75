"""Examples of each command, for its help, its reference and its man page. A test parses every one of them."""

from types import MappingProxyType
from typing import Final

import click

# By the command's words: what is typed after `agencyfile`, and what it is for.
EXAMPLES: Final = MappingProxyType(
    {
        "init": (
            ("init northwind", "start agency.yaml, with an identity for logins"),
            ("init northwind --identity team.key", "put the identity into another file"),
        ),
        "validate": (
            ("validate", "check agency.yaml and what it includes"),
            ("validate --format github", "annotate the lines of a pull request"),
        ),
        "fmt": (("fmt", "format all files"), ("fmt --check --diff", "say what would be formatted, and exit with 1")),
        "test": (
            ("test", "hold the file against the expectations beside it"),
            ("test expectations/prices.yaml --junit build/prices.xml", "some of them, and results for a CI system"),
        ),
        "plan": (
            ("plan", "show what an apply would do"),
            ("plan --out plan.json", "keep the plan for an apply of exactly this"),
            ("plan --target 'account.acme-*'", "look at some blocks alone"),
            ("plan --exclude account.acme", "look at everything but one block"),
            ("plan --offline --base main", "compare the file with another revision, without a key"),
        ),
        "show": (
            ("show plan.json", "show a plan again"),
            ("show plan.json --format html", "write the page for a browser"),
        ),
        "rehearse": (
            ("rehearse", "apply the plan to a copy of the portal, and show what comes of it"),
            ("rehearse --out rehearsal.json --format markdown", "keep the document, and print a line for a comment"),
        ),
        "approve": (
            ("approve 6f1c4a", "approve the plan with this digest, as the plan printed it"),
            ("approve --clear", "take the approval back"),
        ),
        "apply": (
            ("apply", "plan, ask, and make the portal match the file"),
            (
                "apply plan.json --auto-approve --allow billed --max-spend '100 USD'",
                "apply a reviewed plan in a pipeline",
            ),
            ("apply --target account.acme", "apply one block, with what it refers to"),
            ("apply --exclude account.acme", "apply everything but one block"),
        ),
        "drift": (("drift", "show what others changed"), ("drift --json", "the same for a program")),
        "fleet validate": (("fleet validate", "check fleet.yaml, and that its patterns find agencies"),),
        "fleet list": (
            ("fleet list 'brands/*'", "list some agencies"),
            ("fleet list --changed-since origin/main --batch 200 --json", "what a pipeline has to plan, in batches"),
        ),
        "fleet plan": (
            ("fleet plan --out plans", "plan all agencies, and keep plans, report, comment and page"),
            ("fleet plan --changed-since origin/main --format markdown", "one comment for what a branch changes"),
        ),
        "fleet apply": (
            ("fleet apply --plans plans", "apply exactly those plans, wave by wave"),
            ("fleet apply brands/acme --auto-approve --allow billed --max-spend '100 USD'", "apply one agency"),
        ),
        "fleet drift": (("fleet drift --json", "what others changed, as one report"),),
        "fleet status": (
            ("fleet status", "the latest plan, apply and drift of each agency"),
            ("fleet status --run latest --format html", "the page of the latest run"),
        ),
        "fleet retry": (
            ("fleet retry", "run the latest command again where it failed"),
            ("fleet retry --rest", "and where it was not started"),
        ),
        "fleet worker": (
            (
                "fleet worker --concurrency 4 --port 9090",
                "run jobs of `--engine postgres`, and show health and metrics",
            ),
        ),
        "fleet pause": (("fleet pause 'regions/*' --reason 'price change on Monday'", "hold up applies of some"),),
        "fleet resume": (("fleet resume", "end all pauses"),),
        "doctor": (
            ("doctor", "check keys, portal, ledger, passwords, git and pipelines"),
            ("doctor --remember", "let the ledger know what the portal shows of open questions"),
            ("doctor --report report.json", "write a report for the maintainers, without names or keys"),
        ),
        "steps done": (
            ("steps done account.acme.dns --evidence 'ticket 4711'", "say that a step is done, and how you know"),
        ),
        "steps list": (
            ("steps list", "list what is left for a person"),
            ("steps list --format markdown", "the list for a ticket"),
        ),
        "steps show": (("steps show account.acme.dns", "what to do, word by word"),),
        "steps mail": (
            ("steps mail acme", "the mail that hands the account over, in the client's language"),
            ("steps mail acme --language fr --format eml", "in French, as a file for a mail program"),
        ),
        "dns export": (
            ("dns export --format octodns --out zones", "a file for each zone, as octoDNS reads it"),
            ("dns export --format terraform", "records as a value for Terraform"),
        ),
        "dns check": (
            ("dns check", "which records are in the DNS"),
            ("dns check --record", "close the manual steps of those that are"),
        ),
        "import": (
            ("import --all --out imported --name northwind", "write an agency file for a portal that exists"),
            ("import account.acme --out .", "write a block for one object beside agency.yaml"),
        ),
        "accounts list": (
            ("accounts list", "every account, with plan and expiry"),
            ("accounts list --plan trial --sort expires", "which trials end next"),
            ("accounts list --unmanaged", "accounts that no block names"),
            ("accounts list --format xlsx --out accounts.xlsx", "a workbook with prices and their sum"),
        ),
        "accounts show": (
            ("accounts show acme", "money, trial, credits, steps and history of one account"),
            ("accounts show acme --json", "the same for a program"),
        ),
        "accounts open": (
            ("accounts open acme --browser", "open the account in the browser of this machine"),
            ("accounts open acme --address 203.0.113.7", "a link for a browser at that address"),
        ),
        "report": (
            ("report --out report.html", "one page: clients, cost, renewals, trials, steps, drift, history"),
            ("report --out report.html --xlsx report.xlsx --ics renewals.ics", "with a workbook and a calendar"),
        ),
        "clients connect": (
            ("clients connect adminpulse", "log in, or check the key of the environment"),
            ("clients connect adminpulse --forget", "remove the credential from the keyring"),
        ),
        "clients import": (
            ("clients import clients.xlsx --dry-run", "show what a workbook would change"),
            ("clients import clients.xlsx --accounts fitness", "write clients, and an account of a profile for each"),
            ("clients import adminpulse --overwrite name,email", "let the source win for two fields"),
        ),
        "clients list": (("clients list", "every client, with the accounts of each"),),
        "clients serve": (("clients serve adminconsult --clients 200", "rehearse against made-up clients"),),
        "contacts import": (
            ("contacts import --dry-run", "show what the export has that the file does not declare"),
            ("contacts import contacts.csv", "write a block for each contact and customer number"),
        ),
        "contacts list": (("contacts list", "every contact of the export, and who has not verified the address"),),
        "clients template": (("clients template clients.xlsx", "write an empty workbook with the known columns"),),
        "plans list": (("plans list --tier plus --billing annual", "what the portal sells, with list prices"),),
        "credentials keygen": (("credentials keygen --out team.key", "make an identity, and print its recipient"),),
        "credentials list": (("credentials list", "which logins the ledger holds"),),
        "credentials rekey": (("credentials rekey --identity old.key", "seal all logins for the recipients of today"),),
        "credentials replace": (
            ("credentials replace acme --password-file new-password.txt", "seal a password that somebody changed"),
        ),
        "credentials reveal": (
            ("credentials reveal acme --identity team.key", "show the login of an account"),
            ("credentials reveal acme --raw --identity team.key", "the password alone, for a pipe"),
        ),
        "ledger accept": (
            ("ledger accept --reason 'restored from the backup of Monday'", "go on with an older ledger"),
        ),
        "ledger anchor": (("ledger anchor", "print serial and digest of the last entry"),),
        "ledger backup": (("ledger backup ledger-of-monday.jsonl", "write all entries to a new file"),),
        "ledger baseline": (("ledger baseline credit.acme.email=5000", "say what was granted before agencyfile came"),),
        "ledger compact": (("ledger compact", "drop entries that decide nothing any more"),),
        "ledger export": (("ledger export", "print all entries as JSON Lines"),),
        "ledger forget": (
            ("ledger forget account.acme --reason 'moved to another portal'", "forget what was recorded"),
        ),
        "ledger list": (
            ("ledger list", "every entry, oldest first"),
            ("ledger list --address account.acme", "the history of one account"),
        ),
        "ledger migrate": (
            ("ledger migrate", "print what makes the tables of a ledger in PostgreSQL: pipe it to psql"),
        ),
        "ledger move": (
            ("ledger move --to postgres:northwind", "carry the ledger over to a database"),
            ("ledger move --to s3:agency-ledgers/northwind", "or to a bucket"),
        ),
        "ledger portal": (("ledger portal", "which portal this ledger belongs to"),),
        "ledger reconcile": (
            ("ledger reconcile", "settle the calls whose answer was lost"),
            ("ledger reconcile --explain account.acme", "what is known of one of them"),
        ),
        "ledger resolve": (
            ("ledger resolve account.acme --adopted", "you looked: the call took effect"),
            ("ledger resolve account.acme --absent", "you looked: it did not"),
        ),
        "ledger restore": (
            (
                "ledger restore ledger-of-monday.jsonl --reason 'nothing was charged or granted since'",
                "put a backup in the place of a lost ledger",
            ),
        ),
        "ledger show": (("ledger show", "what the ledger knows today, by address"),),
        "ledger verify": (("ledger verify", "check the chain of digests and the signatures"),),
        "lock break": (("lock break 3f9a", "end the lease with this id, once its run is dead"),),
        "lock show": (("lock show", "who holds the lease, and until when"),),
        "schema": (("schema", "the schema of the agency file"), ("schema plan", "the schema of plan documents")),
        "portal run": (("portal run -- agencyfile plan", "run a command against a portal of its own"),),
        "portal serve": (
            ("portal serve", "serve until Ctrl-C"),
            ("portal serve --data portal-data --port 8080", "keep everything, at a fixed port"),
        ),
        "demo": (("demo", "watch the whole story, a screen for each step"), ("demo --fast", "without pauses")),
        "ci github": (
            (
                "ci github --from-wheel dist/agencyfile-0.1.0-py3-none-any.whl",
                "write workflows that install this wheel",
            ),
        ),
        "ci gitlab": (("ci gitlab --component", "write a component for many projects"),),
        "comment github": (
            (
                "comment github --plan plan.json --body comment.md --number 7",
                "create or update the comment of this agency",
            ),
        ),
        "comment gitlab": (
            ("comment gitlab --plan plan.json --body note.md --number 7", "create or update the note of this agency"),
        ),
        "commit-status github": (
            ("commit-status github approved --base main --commit 1d0c…", "which plan was reviewed for this commit"),
        ),
        "commit-status gitlab": (
            ("commit-status gitlab approved --base main --commit 1d0c…", "which plan was reviewed for this commit"),
        ),
        "completion": (("completion bash", "print the script: save it where your shell looks for completions"),),
        "version": (("version", "print the version"),),
        "help": (("help plan", "the help of a command"), ("help credentials reveal", "of a command in a group")),
    }
)


def add_examples(command: click.Command, words: str) -> None:
    """Put the examples below the help of a command and of every command inside it."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            add_examples(inner, f"{words} {name}")
    elif words in EXAMPLES:
        command.epilog = _text(EXAMPLES[words])


def _text(examples: tuple[tuple[str, str], ...]) -> str:
    """Return the lines as click prints them: the mark keeps them from being filled like a paragraph."""
    lines = [f"  agencyfile {line}\n      {purpose}" for line, purpose in examples]
    return "\n".join(["\b", "Examples:", *lines])
