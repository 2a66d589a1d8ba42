"""What the API says: Strawberry types that read like the SDL they print."""
