"""The second provider: contacts and customer numbers of an operator that has no API (`docs/portal.md` section 5).

`export` reads the contact list that a person exported, `visits` finds the fewest visits to the operator's pages, and
`reader` is the port of the engine. Nothing is ever sent: every change is a manual step.
"""
