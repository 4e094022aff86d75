"""Results of cases as JUnit XML, which CI systems read."""

from typing import Final
from xml.etree import ElementTree as ET

from agencyfile.cli.expectations.records import CaseRecord, TestDocument
from agencyfile.cli.expectations.text import difference_lines
from agencyfile.cli.render.safe import one_line

_NAME: Final = "agencyfile test"


def junit_text(document: TestDocument) -> str:
    """Return the document as JUnit XML. Names from files are escaped, and hold no character that XML forbids."""
    files = dict.fromkeys(case["file"] for case in document["cases"])
    broken = dict.fromkeys(one["origin"]["file"] for one in document["diagnostics"] if one["origin"])
    root = ET.Element("testsuites", name=_NAME)
    for file in dict.fromkeys((*files, *broken)):
        _add_suite(root, file, document)
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_suite(root: ET.Element, file: str, document: TestDocument) -> None:
    cases = [case for case in document["cases"] if case["file"] == file]
    mistakes = [
        one
        for one in document["diagnostics"]
        if one["severity"] == "error" and one["origin"] and one["origin"]["file"] == file
    ]
    suite = ET.SubElement(
        root,
        "testsuite",
        name=one_line(file),
        tests=str(len(cases) + bool(mistakes)),
        failures=str(sum(bool(case["differences"]) for case in cases)),
        errors=str(sum(bool(case["failure"]) for case in cases) + bool(mistakes)),
        time=f"{sum(case['seconds'] for case in cases):.3f}",
    )
    for case in cases:
        _add_case(suite, case)
    if mistakes:
        element = ET.SubElement(suite, "testcase", name="the file is valid", classname=one_line(file), time="0")
        lines = [f"{one_line(one['rule'])} at {_place(one['origin'])}: {one_line(one['detail'])}" for one in mistakes]
        ET.SubElement(element, "error", message=lines[0]).text = "\n".join(lines)


def _place(origin: object) -> str:
    if not isinstance(origin, dict):
        return "no place"
    return f"{one_line(origin['file'])}:{origin['line']}:{origin['column']}"


def _add_case(suite: ET.Element, case: CaseRecord) -> None:
    element = ET.SubElement(
        suite,
        "testcase",
        name=one_line(case["name"]),
        classname=one_line(case["file"]),
        file=one_line(case["file"]),
        line=str(case["origin"]["line"]),
        time=f"{case['seconds']:.3f}",
    )
    if case["failure"]:
        ET.SubElement(element, "error", message=one_line(case["failure"])).text = one_line(case["failure"])
    elif case["differences"]:
        lines = [line for one in case["differences"] for line in difference_lines(one)]
        message = f"{len(case['differences'])} not as expected: {one_line(case['differences'][0]['what'])}"
        ET.SubElement(element, "failure", message=message).text = "\n".join(lines)
