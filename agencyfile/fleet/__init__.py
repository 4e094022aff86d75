"""Fleets: many agencies in one run, each in a child process of its own.

`fleet.yaml` names the agencies, the keys that they share, and the order in which they are applied. Nothing of a portal
or a ledger is known here: a child is the command line of one agency.
"""
