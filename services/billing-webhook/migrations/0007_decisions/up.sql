-- What people decided about whose a purchase is: an operator who linked it, a buyer who claimed it. No
-- delivery tells it, so it is kept apart from `owners`, which is made again from the deliveries and from
-- these. About 150 bytes, for ever.
CREATE TABLE decisions (
  object TEXT NOT NULL CHECK (object IN ('order', 'subscription')),
  object_id TEXT NOT NULL,
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'team')),
  owner_id TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  -- What `owners` has as `linked_by`.
  stamp TEXT NOT NULL,
  PRIMARY KEY (object, object_id)
) STRICT, WITHOUT ROWID;

-- Links of before: their audit row was written in the same moment and names what was linked.
INSERT INTO decisions
SELECT object, object_id, owner_kind, owner_id, actor, linked_at, linked_by
FROM owners JOIN audit ON audit.at = owners.linked_at
WHERE action IN ('purchase.linked', 'purchase.claimed') AND actor <> 'service:billing-webhook'
  AND (object, object_id) IN (('order', detail ->> '$.orderId'),
                              ('subscription', detail ->> '$.subscriptionId'))
ON CONFLICT DO NOTHING;
