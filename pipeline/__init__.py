"""The analysis: pure functions over typed tables. Knows neither the web nor the database."""
