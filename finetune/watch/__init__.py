"""What watches over a training: its time, its losses, its signals, its processes."""
