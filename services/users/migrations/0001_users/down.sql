DROP TABLE audit;
DROP TABLE subscriptions;
DROP TABLE usage_metrics;
DROP TABLE users;
