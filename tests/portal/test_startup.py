"""What importing the package costs."""

import subprocess
import sys


def test_import_of_the_package_loads_neither_requests_nor_pydantic() -> None:
    """Commands that send nothing do not pay for HTTP."""
    code = (
        "import sys, agencyfile.portal; "
        "print(sorted(sys.modules.keys() & {'requests', 'urllib3', 'pydantic', 'http.client', 'ssl'}))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
