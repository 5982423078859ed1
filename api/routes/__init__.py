"""The addresses of the API: thin, one module a family of resources."""
