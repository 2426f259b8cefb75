"""The workbench's pages. Each asks one query or calls one service."""
