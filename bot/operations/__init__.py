"""What an operator and their machines look at: logs, metrics, liveness, readiness, the HTTP server."""
