DROP INDEX inbox_arrived;
CREATE INDEX inbox_unlinked_subscription ON inbox (subscription_id) WHERE state = 'unlinked';
CREATE INDEX inbox_unlinked_order ON inbox (order_id) WHERE state = 'unlinked';
