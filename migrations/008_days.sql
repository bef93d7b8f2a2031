-- When the hits of a site's day last changed, so that totals which are older than that can be made again: by late hits, by
-- imports, whatever day they are of.
CREATE TABLE IF NOT EXISTS {{local days}} {{on cluster}}
(
    site_id UInt32,
    day Date,
    changed_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = {{engine AggregatingMergeTree()}}
ORDER BY (site_id, day)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed days by site_id}};

CREATE MATERIALIZED VIEW IF NOT EXISTS {{local days_from_hits}} {{on cluster}} TO {{local days}} AS
SELECT site_id, day, now64(3, 'UTC') AS changed_at
FROM {{local hits}}
GROUP BY site_id, day;

INSERT INTO days SELECT DISTINCT site_id, day, now64(3, 'UTC') FROM hits;
