"""One module per command; each holds `command`. Whatever is heavy is imported inside the function that needs it."""
