"""Admin IS | Consult as it behaves (`docs/portal.md` 4.2)."""

import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agencyfile.local_sources.people import Person
from agencyfile.local_sources.world import World

Row = Mapping[str, Any]
Test = Callable[[Row], bool]
DEFAULT_RECORDS, MAX_RECORDS = 20, 100
LANGUAGES = {1: "Nederlands", 2: "Français", 3: "Engels", 4: "Duits"}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda one, other: bool(one == other),
    "ne": lambda one, other: bool(one != other),
    "ge": lambda one, other: bool(one >= other),
    "gt": lambda one, other: bool(one > other),
    "le": lambda one, other: bool(one <= other),
    "lt": lambda one, other: bool(one < other),
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": lambda one, other: other in one,
}
_VALUE = r"'(?:[^']|'')*'|-?\d+"
_CONDITION = re.compile(
    rf"(?P<name>\w+)\s+(?P<operator>eq|ne|ge|gt|le|lt)\s+(?P<value>{_VALUE})"
    rf"|(?P<among>\w+)\s+in\s+\((?P<values>(?:{_VALUE})(?:\s*,\s*(?:{_VALUE}))*)\)"
    r"|(?P<null>\w+)\s+is\s+(?P<negation>not\s+)?null"
    rf"|(?P<function>StartsWith|EndsWith|Contains)\(\s*(?P<field>\w+)\s*,\s*(?P<text>'(?:[^']|'')*')\s*\)",
    re.IGNORECASE,
)


class BadFilter(ValueError):
    """A filter that the grammar does not know."""


def more(url: str) -> dict[str, str]:  # noqa: ARG001 - the other stand-in has more to say
    """Nothing but the address and the key."""
    return {}


def routes(world: World) -> list[Route]:
    """The routes of the API, version 1."""

    def token(request: Request) -> Response:
        world.calls.append("token")
        if not hmac.compare_digest(request.path_params["key"].encode(), world.key.encode()):
            return _refused(401, "The API key is not valid")
        made, end = world.new_token()
        return JSONResponse({"TokenGuid": made, "TimeToLive": _local_time(end)})

    def limited(rows: Callable[[], list[Row]]) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            world.calls.append(request.url.path.rpartition("/api/v1/")[2])
            if not world.is_valid(request.headers.get("synetonToken", "")):
                return _refused(401, "Token is not valid or expired")
            if world.is_over_limit():
                return _refused(403, "You are throttling the system, please slow down")
            return _page(request, rows(), world)

        return respond

    def settings(request: Request) -> Response:
        world.calls.append("apisettings")
        if not world.is_valid(request.headers.get("synetonToken", "")):
            return _refused(401, "Token is not valid or expired")
        if world.is_over_limit():
            return _refused(403, "You are throttling the system, please slow down")
        size = world.settings.page_size or MAX_RECORDS
        return JSONResponse(
            {
                "DefaultRecordsPerPage": min(DEFAULT_RECORDS, size),
                "MaxRecordsPerPage": size,
                "DurationToken": int(world.settings.lifetime),
                "RateLimit": world.settings.rate_limit,
            }
        )

    return [
        Route("/api/v1/token/{key:path}", token),
        Route("/api/v1/apisettings", settings),
        Route("/api/v1/customers", limited(lambda: [_customer(one) for one in world.people])),
        Route("/api/v1/customeraddresses", limited(lambda: list(_addresses(world.people)))),
        Route("/api/v1/lists/19", limited(_languages)),
    ]


def _page(request: Request, rows: list[Row], world: World) -> Response:
    """One page of the rows that the filter lets through; the last page has no `link` header."""
    query = request.query_params
    try:
        found = [row for row in rows if all(test(row) for test in _tests(query.get("Filter", "")))]
        size = int(query.get("per_page", DEFAULT_RECORDS))
        page = int(query.get("page", 1))
    except (BadFilter, ValueError, TypeError):
        return _refused(400, "The filter or the page cannot be read")
    size = max(1, min(size, world.settings.page_size or MAX_RECORDS))
    shown = found[(page - 1) * size : page * size]
    world.page_was_read()
    if not shown:
        return _refused(404, "Nothing found")
    headers = {"link": _links(request, page, size)} if page * size < len(found) else {}
    return JSONResponse(shown, headers=headers)


def _links(request: Request, page: int, size: int) -> str:
    """Entries that each end with a comma, as public clients need it; the query repeats the filter."""
    query = request.query_params
    kept = f"Filter={quote(query['Filter'])}&" if "Filter" in query else ""
    base = str(request.url).partition("?")[0]
    entries = (("next", page + 1), ("first", 1))
    return " ".join(f'<{base}?{kept}per_page={size}&page={number}>; rel="{name}",' for name, number in entries)


def _tests(text: str) -> Iterator[Test]:
    """The conditions of a filter."""
    position = 0
    while position < len(text):
        found = _CONDITION.match(text, position)
        if found is None:
            raise BadFilter(text)
        yield _test(found)
        position = found.end()
        rest = re.compile(r"\s+and\s+", re.IGNORECASE).match(text, position)
        if rest is None and text[position:].strip():
            raise BadFilter(text)
        position = rest.end() if rest else len(text)


def _test(found: re.Match[str]) -> Test:
    if found["name"]:
        compare, value = _COMPARISONS[found["operator"].lower()], _value(found["value"])
        return lambda row: row.get(found["name"]) is not None and compare(row[found["name"]], value)
    if found["among"]:
        values = [_value(one) for one in re.findall(_VALUE, found["values"])]
        return lambda row: row.get(found["among"]) in values
    if found["null"]:
        return lambda row: (row.get(found["null"]) is None) != bool(found["negation"])
    holds, text = _TEXTS[found["function"].lower()], str(_value(found["text"]))
    return lambda row: holds(str(row.get(found["field"]) or ""), text)


def _value(text: str) -> str | int:
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"ErrorMessage": message}, status_code=status)


def _local_time(moment: float) -> str:
    """A time without a zone, in the zone of the machine: what the public client compares with its own clock."""
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%dT%H:%M:%S")  # noqa: DTZ006 - as the system writes it


def _customer(one: Person) -> Row:
    return {
        "CustomerId": 1000 + one.number,
        "CustCode": f"C{one.number:05}",
        "CustKind": 1,
        "CustomerCrmType": 1,
        "CustomerGroup": 0,
        "CustomerGroupLabel": None,
        "Name": one.name,
        "Firstname": one.first_name or None,
        "CommercialName": one.name if one.is_company else None,
        "IsCompany": int(one.is_company),
        "IsActive": 0 if one.number % 11 == 0 else 1,
        "CreationDate": "2020-01-31T00:00:00",
        "DisabledDate": None,
        "Title": None,
        "Language": one.language,
        "Email": one.email,
        "Phone": one.phone,
        "Mobile": None,
        "VATNr": f"BE {one.enterprise_number}" if one.is_company else None,
        "SocialSecurityNumber": one.register_number or None,
        "AccountancySoftware": 0,
        "Currency": "EUR",
    }


def _addresses(people: list[Person]) -> Iterator[Row]:
    for one in people:
        for office in (1, 0) if one.number % 4 == 0 else (1,):
            yield {
                "AddressId": one.number * 2 + office,
                "CustomerAddressId": one.number * 2 + office,
                "CustomerId": 1000 + one.number,
                "StreetName": "Voorbeeldstraat",
                "HouseNr": str(one.number),
                "HouseBox": None,
                "ZipCode": "1000",
                "City": "Brussel",
                "CountryCode": one.country if office else "DE",
                "CountryId": 22,
                "RegisteredOffice": office,
                "InvoiceAddress": office,
                "PostalAddress": office,
                "ExploitationAddress": 0,
            }


def _languages() -> list[Row]:
    return [
        {"ListValueId": number, "ListValue": word, "ExtCode": word[:2].upper(), "LegalForm": None}
        for number, word in LANGUAGES.items()
    ]
