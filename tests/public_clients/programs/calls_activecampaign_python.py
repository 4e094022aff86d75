"""Make calls with PyPI's `activecampaign-python`, as asked for on the standard input, and print the answers."""

import json
import sys

from activecampaign.client import Client

asked = json.load(sys.stdin)
brandings = Client(asked["url"], asked["key"]).brandings
json.dump([getattr(brandings, name)(*arguments) for name, *arguments in asked["calls"]], sys.stdout)
