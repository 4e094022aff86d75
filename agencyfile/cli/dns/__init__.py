"""DNS records that accounts need: exported for the tools that keep zones, and looked up in the DNS."""
