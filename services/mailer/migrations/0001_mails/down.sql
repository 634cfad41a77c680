DROP TABLE audit;
DROP TABLE suppressions;
DROP TABLE attempts;
DROP TABLE mails;
