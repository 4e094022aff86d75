"""Which column of a sheet holds which field: layouts by the headers of systems that agencies export from.

`docs/portal.md` section 4 has the sources of the columns. Columns that no layout names are ignored.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Layout:
    """Headers by field. Where several columns hold a field, the header that comes first counts for more.

    `status` are headers of a column that says whether a row is a client; only rows with one of `client_words` there, or
    nothing, are.
    """

    name: str
    label: str
    columns: Mapping[str, Sequence[str]]
    status: Sequence[str] = ()
    client_words: Sequence[str] = field(default=("klant", "customer", "client"))


_REGISTER: Final = (
    "national register number",
    "register number",
    "national number",
    "rijksregisternummer",
    "rijksregisternummer partner",
    "national register number partner",
    "numéro national",
    "numero national",
    "numéro de registre national",
    "registre national",
    "insz",
    "niss",
    "socialsecuritynumber",
)
TEMPLATE: Final = Layout(
    "template",
    "agencyfile's template",
    {
        "name": ("name",),
        "email": ("e-mail",),
        "language": ("language",),
        "country": ("country",),
        "timezone": ("time zone",),
        "phone": ("telephone",),
        "enterprise_number": ("enterprise number",),
        "key": ("code",),
        "register_number": _REGISTER,
    },
)
ACCOUNTON: Final = Layout(
    "accounton",
    "Accounton",
    {
        "firstname": ("firstname", "first name", "voornaam", "prénom"),
        "lastname": ("lastname", "last name"),
        "email": ("email", "e-mail"),
        "phone": ("mobile number", "gsm", "mobile"),
        "language": ("language", "taal", "langue"),
        "register_number": _REGISTER,
    },
)
ADMINPULSE: Final = Layout(
    "adminpulse",
    "AdminPulse",
    {
        "firstname": ("voornaam", "prénom"),
        "lastname": ("naam", "nom"),
        "email": ("e-mail", "email"),
        "phone": ("telefoon", "gsm", "téléphone"),
        "language": ("taal", "langue"),
        "country": ("land", "pays"),
        "enterprise_number": ("ondernemingsnummer", "btw-nummer", "numéro d'entreprise", "numéro de tva"),
        "key": ("unieke id", "uniqueidentifier", "klantcode", "code client"),
        "register_number": _REGISTER,
    },
    status=("status", "statut"),
)
ADMINCONSULT: Final = Layout(
    "adminconsult",
    "Admin Consult",
    {
        "firstname": ("firstname",),
        "lastname": ("name",),
        "email": ("email",),
        "phone": ("phone", "mobile", "phone2"),
        "language": ("language",),
        "country": ("countrycode",),
        "enterprise_number": ("vatnr", "registrationnr"),
        "key": ("customerid", "custcode"),
        "register_number": ("socialsecuritynumber",),
    },
)
LAYOUTS: Final = (TEMPLATE, ADMINPULSE, ACCOUNTON, ADMINCONSULT)
FIELDS: Final = tuple(sorted({name for layout in LAYOUTS for name in layout.columns}))


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one sheet: numbers by field, and the column of the status."""

    layout: Layout
    by_field: Mapping[str, Sequence[int]]
    status: int | None
    all: frozenset[int] = frozenset()

    @property
    def names_clients(self) -> bool:
        """Return whether there is a column for the name."""
        return "name" in self.by_field or "lastname" in self.by_field

    @property
    def weight(self) -> int:
        """Return how many of the columns the layout knows. More is better."""
        return sum(map(len, self.by_field.values()))


def declared_layout(columns: Mapping[str, Sequence[str]]) -> Layout:
    """Return the layout that a user declares, with every column of register numbers that is known."""
    folded = {name: tuple(map(fold_header, headers)) for name, headers in columns.items()}
    folded.setdefault("register_number", _REGISTER)
    return Layout("declared", "the declared columns", folded)


def columns_of(headers: Mapping[int, str], layouts: Iterable[Layout]) -> Columns | None:
    """Return the columns of the layout that knows most of the headers, or None where none has a name."""
    found = [one for layout in layouts if (one := _columns(headers, layout)).names_clients]
    return max(found, key=lambda one: one.weight, default=None)


def _columns(headers: Mapping[int, str], layout: Layout) -> Columns:
    folded = {column: fold_header(header) for column, header in headers.items()}
    by_field = {
        name: [column for wanted in wanted_headers for column, header in folded.items() if header == wanted]
        for name, wanted_headers in layout.columns.items()
    }
    status = next((column for column, header in folded.items() if header in layout.status), None)
    every = frozenset(column for columns in by_field.values() for column in columns)
    return Columns(layout, {name: columns for name, columns in by_field.items() if columns}, status, every)


def fold_header(header: str) -> str:
    """Return a header without what people vary: case, space, a star for required columns."""
    return " ".join(unicodedata.normalize("NFC", header).casefold().replace("*", " ").split())
