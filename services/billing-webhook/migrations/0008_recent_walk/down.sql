UPDATE reconcile_runs SET state = 'failed', error = 'superseded', finished_at = next_at
WHERE state = 'running';
DROP INDEX invoices_open;
