"""Who answers for a person and their things, as a plugin: journeys, hand-overs, belongings."""
