"""What people's words mean: extractors, intents and objections, Russian and English."""
