"""What was seen of one person, levels and ratings, and what it teaches about the parameters of that person."""
