"""A match: asked, ranked, answered, stored, shown again and computed again."""
