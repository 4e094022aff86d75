"""Templates as they are declared."""
