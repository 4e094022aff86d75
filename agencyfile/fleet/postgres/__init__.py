"""A fleet on many machines: jobs in PostgreSQL, by Procrastinate. Only `--engine postgres` and workers import this.

The engine decides nothing: it may start a child twice. The ledger of each agency decides what is sent. Procrastinate's
own locks are not used, since a worker that is killed would keep one; the lease of a ledger ends by itself.
"""
