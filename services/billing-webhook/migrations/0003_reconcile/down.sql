DROP TABLE drifts;
DROP TABLE reconcile_runs;
