"""Search for the outcome of calls whose answer was lost."""
