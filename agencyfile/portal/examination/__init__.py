"""The examination of a portal: which keys work, and what the portal shows of itself. It sends reads alone."""
