"""The portal's pages for people, below ``/partner/``, and the pages of each account, below ``/accounts/NAME/admin/``.

They do what the vendor's help describes step by step (docs/portal.md section 2), so that manual steps can be rehearsed.
They are plain HTML without a script. Every change goes through the same functions as the two APIs, so that there is one
state and one book of charges. A page stands in a file of its own; ``site`` leads to all of them.

``site`` is loaded with the first request for a page: a portal that is used through its APIs alone never loads it.
"""
