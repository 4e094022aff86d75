"""HTTP: one request, one answer, and the rules for sending again."""
