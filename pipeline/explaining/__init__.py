"""Why a model says what it says of one applicant, of many, and of its fields."""
