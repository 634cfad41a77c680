-- Orders what a user's Subject is told about the plan: it rises with every change of a subscription.
ALTER TABLE users ADD COLUMN plan_seq INTEGER NOT NULL DEFAULT 0;
