"""The community's story: a season of volunteering made up from a seed, played on the engine and reported."""
