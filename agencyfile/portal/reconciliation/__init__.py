"""Find out what came of calls whose answer was lost."""
