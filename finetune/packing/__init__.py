"""Pack questions by their page: one row is one page, read once, and several questions, each as if asked alone.

A page takes 1,000 to 2,500 tokens and a question 80, so ten questions that share their page are 7 times fewer tokens
than ten rows with a page each. Molmo (Ai2, 2024) trains on all annotations of an image in this way.
"""
