"""The types of the records that leave this process. The ledger's are beside the code that keeps it (`plan.ledger`)."""
