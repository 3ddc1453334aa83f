"""From pages to questions: what kind of page it is, and who asks about it."""
