"""Stateless builders of components. They see results, formats and specs, never a database."""
