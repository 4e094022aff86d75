"""The checks of `agencyfile doctor`, one module for each topic. Every check returns a line, whatever it meets."""
