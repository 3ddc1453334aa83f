"""The folder of a run: what lies in it, when it is whole, and where it goes."""
