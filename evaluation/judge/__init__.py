"""Judge prose with Claude: split an answer into claims, compare them with the page, and check the judge itself."""
