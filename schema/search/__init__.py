"""Search, what completes it, and the words that mean the same, as the API says them."""
