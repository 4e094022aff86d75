"""The agency itself: the settings that decide what an apply may do."""
