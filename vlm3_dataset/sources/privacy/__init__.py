"""Take people out of posts: their names, places, contacts, numbers. Pure."""
