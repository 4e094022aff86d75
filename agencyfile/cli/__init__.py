"""The command line: the only place that wires, prints and chooses exit codes."""
