"""What protects somebody, as a plugin: guardianship, assessment, consent, kin, follow-up, calls."""
