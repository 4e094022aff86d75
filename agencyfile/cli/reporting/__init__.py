"""What an agency has, costs and did, as documents: for one account, and for all of them."""
