DROP TABLE claims;
DROP INDEX owners_linked_by;
DROP INDEX subscriptions_order;
DROP INDEX inbox_subscription;
DROP INDEX inbox_order;
DROP TABLE order_identifiers;
