"""Make calls with PyPI's `activecampaign`, as they are asked for on the standard input, and print what it returns."""

import json
import sys

from activecampaign.client import ActiveCampaignClient

asked = json.load(sys.stdin)
client = ActiveCampaignClient(asked["url"], asked["key"])
calls = ((method, action, [*fields.items()]) for method, action, fields in asked["calls"])
json.dump([client.request(*call).json() for call in calls], sys.stdout)
