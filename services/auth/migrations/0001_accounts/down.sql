DROP TABLE audit;
DROP TABLE outbox;
DROP TABLE sessions;
DROP TABLE accounts;
DROP TABLE sign_ups;
