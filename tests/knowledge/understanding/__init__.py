"""What people's words mean, proved by examples, by properties and by yardsticks."""
