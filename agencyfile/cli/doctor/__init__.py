"""What `agencyfile doctor` looks at, one module for each topic. Every check returns a line, whatever it meets."""
