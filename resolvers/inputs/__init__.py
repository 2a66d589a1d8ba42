"""What people may type into columns: judged alike for every noun."""
