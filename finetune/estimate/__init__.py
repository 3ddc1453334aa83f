"""What a run will take, before it begins: operations, bytes, hours and money."""
