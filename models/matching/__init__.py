"""What brings entries and people together: pairs that were found, saved searches, what somebody would like to do."""
