"""Rules of the fleet file. Those of YAML, of keys and of types are the language's own."""

from typing import Final

from agencyfile.language.rules import RULES as LANGUAGE_RULES
from plan.diagnostic import Severity
from plan.rule import Rule

_RULES: Final = (
    Rule(
        "fleet-name", "Not a name for a fleet, group, key or wave", "use lower-case letters, digits and -", "language"
    ),
    Rule("fleet-concurrency", "Not a number of children", "write a whole number above zero", "language"),
    Rule("fleet-file-outside", "Agency outside the fleet's folder", "keep agencies in the fleet's folder", "language"),
    Rule("fleet-file-unknown", "Agency files match nothing", "correct or remove the pattern", "language"),
    Rule(
        "fleet-file-too-much",
        "Patterns of agencies look at too much",
        "name the folders in the pattern, as in brands/*/agency.yaml",
        "language",
    ),
    Rule(
        "fleet-agency-twice",
        "Agency in two groups",
        "keep it in one group: narrow a pattern, or use exclude",
        "language",
    ),
    Rule("fleet-no-key", "Agencies without a key", "name a key under keys, or write agency_key", "language"),
    Rule(
        "fleet-two-keys",
        "Agencies with two keys",
        "name a shared key, or write the keys of each agency, and not both",
        "language",
    ),
    Rule(
        "fleet-key-shared",
        "Key in two places",
        "write the key once under keys, and name it in both groups: agencies of one key share its rate",
        "language",
    ),
    Rule(
        "fleet-variable",
        "Variable that no child may get",
        "name a variable of agencyfile, or one that an agency file may name (AGENCY_...)",
        "language",
    ),
    Rule(
        "fleet-variable-clash",
        "Two agencies, one variable",
        "rename the file of one of the two, or let them share a key",
        "language",
    ),
    Rule(
        "fleet-wave-missing", "Agency in no wave", 'add it to a wave; a last wave may say agencies: ["**"]', "language"
    ),
    Rule("fleet-wave-idle", "Wave without an agency", "correct or remove the pattern", "language", Severity.WARNING),
    Rule("fleet-schedule", "Not a schedule", 'write five fields as cron has them, as in "15 5 * * 1-5"', "language"),
)
FLEET_RULES: Final = {rule.id: rule for rule in _RULES}
RULES: Final = {**LANGUAGE_RULES, **FLEET_RULES}
