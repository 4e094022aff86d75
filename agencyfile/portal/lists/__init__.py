"""The lists of the portal: shared reads, pages, and rows as live objects."""
