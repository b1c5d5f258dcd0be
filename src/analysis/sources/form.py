"""."""
def template(): pass
