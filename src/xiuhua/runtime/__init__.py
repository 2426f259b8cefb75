"""What keeps the product running: the database server, the web server, the worker, and what restarts them. No domain."""
