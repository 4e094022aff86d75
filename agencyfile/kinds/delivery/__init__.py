"""Templates delivered into accounts."""
