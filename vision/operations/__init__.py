"""What whoever runs the app can watch: log lines, counts and latencies, and whether it is well."""
