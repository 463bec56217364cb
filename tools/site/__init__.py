"""The site: building it, the generated pages, what the browser loads."""
