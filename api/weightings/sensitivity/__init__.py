"""How far weights can move before who comes first changes."""
