"""Who somebody is, as a plugin: interviews, clues, links between persons, tracing notices."""
