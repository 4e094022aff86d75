"""Programs of the repository itself: what proves the set-up, builds a release and describes it."""
