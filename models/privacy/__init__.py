"""What is stored about people, declared, and what they asked for about it."""
