"""Tables, sessions, queries, blobs and migrations. Knows neither the analysis nor the web."""
