"""HTTP: one request, one answer, and what may be sent again."""
