"""Table 10: what a person waits for: the trade page's first sight, weight and work; the time of each page."""
