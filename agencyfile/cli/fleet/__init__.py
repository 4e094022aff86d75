"""Parts that the commands of `agencyfile fleet` share."""
