-- Visitors who can be told from others on another day as well: for those whom no memory holds any more. One row for each,
-- filled from hits. Ids that are good for a day only never come again and are left out.
CREATE TABLE IF NOT EXISTS {{local visitors}} {{on cluster}}
(
    site_id UInt32,
    visitor_id UInt64,
    visits SimpleAggregateFunction(max, UInt16),
    first_time SimpleAggregateFunction(min, DateTime('UTC')),
    last_time SimpleAggregateFunction(max, DateTime('UTC')),
    ordered_at SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = {{engine AggregatingMergeTree()}}
ORDER BY (site_id, visitor_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed visitors by site_id, visitor_id}};

-- `first_time` and `last_time` are beginnings of visits.
CREATE MATERIALIZED VIEW IF NOT EXISTS {{local visitors_from_hits}} {{on cluster}} TO {{local visitors}} AS
SELECT
    site_id,
    visitor_id,
    max(visit_number) AS visits,
    min(visit_time) AS first_time,
    max(visit_time) AS last_time,
    maxIf(h.time, kind = 'order') AS ordered_at
FROM {{local hits}} AS h
WHERE profilable
GROUP BY site_id, visitor_id;

-- From before ids were told apart: all.
INSERT INTO visitors
SELECT site_id, visitor_id, max(visit_number), min(visit_time), max(visit_time), maxIf(h.time, kind = 'order')
FROM hits AS h
GROUP BY site_id, visitor_id;
