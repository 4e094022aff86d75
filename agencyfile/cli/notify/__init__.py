"""Messages about runs, to one receiver: signed, bounded in time, and never in the way of the run itself."""
