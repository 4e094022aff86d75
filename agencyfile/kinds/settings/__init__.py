"""The default account settings of the portal."""
