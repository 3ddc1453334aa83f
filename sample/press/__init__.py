"""How the sample shelf is printed: page blocks, the pen, the drawings, and the bad photocopier."""
