"""For classes: student copies, exercises, courses, leaderboard, offline kit."""
