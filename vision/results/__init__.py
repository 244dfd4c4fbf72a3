"""What a finished run is worth: measured as it will be served, looked at, and put into one page."""
