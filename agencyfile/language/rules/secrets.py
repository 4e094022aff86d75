"""Rules of secrets and of the environment."""

from typing import Final

from plan.rule import Rule

SECRETS: Final = (
    Rule(
        "plaintext-secret", "Secret in plain text", "put it in the environment and write ${env:NAME} here", "language"
    ),
    Rule(
        "environment-reference", "Not an environment reference", "write ${env:NAME} and nothing around it", "language"
    ),
    Rule("environment-misplaced", "Environment reference not allowed here", "write the value itself", "language"),
    Rule(
        "environment-name",
        "Environment variable that no file may name",
        "rename the variable, or let AGENCYFILE_ENV_PREFIXES allow its prefix where the keys are set",
        "language",
    ),
    Rule("environment-value", "Environment variable is no key", "set the variable to the key alone", "language"),
    Rule("environment-unset", "Environment variable is not set", "set the variable, or remove the key", "language"),
)
