-- What waits for an owner is found by its order or subscription, through the indexes that hold all
-- deliveries: SQLite had chosen these two for no statement.
DROP INDEX inbox_unlinked_subscription;
DROP INDEX inbox_unlinked_order;
