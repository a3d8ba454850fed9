"""What a client asks for: preferences and needs, as they are sent, checked and kept."""
