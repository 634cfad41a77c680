-- An invoice that stays open although its subscription is not past due: its payment was not told.
CREATE INDEX invoices_open ON invoices (subscription_id) WHERE status = 'pending';
-- Comparisons under way remember where they are in other words from here on; the next ones begin anew.
UPDATE reconcile_runs SET state = 'failed', error = 'superseded', finished_at = next_at
WHERE state = 'running';
