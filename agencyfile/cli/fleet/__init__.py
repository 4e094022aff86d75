"""What the commands of `agencyfile fleet` share."""
