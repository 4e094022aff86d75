"""Clients from elsewhere: workbooks, Admin Consult and AdminPulse, read and compared with the clients of a file.

`records` are what a source gives, `checks` makes records of raw values, `comparison` is the plan of an import. Each
source has a folder of its own. Nothing here reads or writes an agency file.
"""
