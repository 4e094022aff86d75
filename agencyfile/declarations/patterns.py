"""Patterns of the published schema: the shape of a value, for editors. The rules stand in `agencyfile/fields`."""

from typing import Final

LABEL: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
ACCOUNT_NAME: Final = r"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"
BLOCK_NAME: Final = r"^\S(.{0,98}\S)?$"
HOST: Final = r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$"
RATE: Final = r"^[0-9]{1,6}(\.[0-9]{1,3})?\s*/\s*s$"
DURATION: Final = r"^[0-9]{1,9}(\.[0-9]{1,3})?\s*(ms|s|m|h)$"
REFERENCE: Final = r"^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$"
PLAN_KEY: Final = r"^(trial|sandbox|(starter|plus|pro|enterprise)/(monthly|annual)/[1-9][0-9]{0,9})$"
RECIPIENT: Final = r"^(age1[02-9ac-hj-np-z]{58}|ssh-(ed25519|rsa) [A-Za-z0-9+/]+={0,2}( .*)?)$"
SIGNER: Final = r"^[A-Za-z0-9][A-Za-z0-9._@+-]* (ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( .*)?$"
LEDGER: Final = (
    r"^(file:[^/]|git\+branch:[^-/@\s][^\s~^:?*\[\\]*$|(postgres|http):[A-Za-z0-9][A-Za-z0-9._-]*$"
    r"|(s3|gs|az):[a-z0-9][a-z0-9._-]+(/[A-Za-z0-9_][A-Za-z0-9._=-]*)+$"
    r"|(?!(file|git\+branch|postgres|http|s3|gs|az):)[a-z][a-z0-9+.-]*:[A-Za-z0-9][^\s@?#\\]*$)"
)
MONEY: Final = r"^[0-9]{1,9}(\.[0-9]{1,2})? +[A-Z]{3}$"
OLD_TIER: Final = r"^(Trial|Starter|Plus|Pro|Enterprise|[Pp]rofessional|[Ll]ite)$"  # taken, and no longer written
SHARE: Final = r"^[0-9]{1,3}(\.[0-9]{1,2})?\s*%$"
URL: Final = r"^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(/[^@?#\\\s]*)?$"
RECEIVER: Final = r"^https?://[a-z0-9\[]([a-z0-9.:\]-]*[a-z0-9\]])?(:[1-9][0-9]{0,4})?(/[^@?#\\\s]*)?$"
ACCOUNT_API: Final = r"^https://[^@?#\\\s{}]*\{account\}[^@?#\\\s{}]*$"
EXPORT: Final = r"^[^/\s].*\.([cC][sS][vV]|[xX][lL][sS][xX])$"
IMAGE: Final = r"^https://[^\s]+$"
SHARE_LINK: Final = r"^https?://tplshare\.com/[A-Za-z0-9_-]+\$?$"
COUNTRY: Final = r"^[A-Z]{2}$"
CURRENCY: Final = r"^[A-Z]{3}$"
ENTERPRISE_NUMBER: Final = r"^([Bb][Ee])?[ ./-]*[0-9]([ ./-]*[0-9]){8,9}$"
