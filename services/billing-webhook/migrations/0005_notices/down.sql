DROP TABLE dunnings;
DROP TABLE transitions;
