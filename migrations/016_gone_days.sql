-- Up to which day the hits and visits of a site are being taken away (`closing`: none can be added any more), or are gone,
-- where that is before their year is final: of sites that keep them for some days only. A row for each month that went.
CREATE TABLE IF NOT EXISTS {{local gone_days}} {{on cluster}}
(
    site_id UInt32,
    state LowCardinality(String),
    until Date
)
ENGINE = {{engine ReplacingMergeTree()}}
ORDER BY (site_id, state, until)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed gone_days by site_id}};
