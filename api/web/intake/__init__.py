"""The intake: one question a page, then the ranked therapists."""
