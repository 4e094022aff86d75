"""Reports: the accounts, costs and history of an agency as documents, for one account or for all of them."""
