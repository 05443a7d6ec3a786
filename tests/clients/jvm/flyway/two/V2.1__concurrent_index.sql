CREATE INDEX CONCURRENTLY member_mood ON member (mood);
