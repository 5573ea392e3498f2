"""What the pages show, as values: questions to a published copy and the registry, without a word of HTML."""
