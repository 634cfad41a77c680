-- What has just arrived, found without a look at everything that failed before and waits to be tried again.
CREATE INDEX inbox_arrived ON inbox (next_at) WHERE state = 'received' AND attempts = 0;
-- What waits for an owner is found by its order or subscription, through the indexes that hold all
-- deliveries: SQLite had chosen these two for no statement.
DROP INDEX inbox_unlinked_subscription;
DROP INDEX inbox_unlinked_order;
