"""The report of a study as HTML and Markdown, its charts, and the dashboard."""
