-- The random salt of a site's day, from which ids of visitors without cookies are made. Dropped after 26 hours.
CREATE TABLE IF NOT EXISTS {{local salts}} {{on cluster}}
(
    site_id UInt32,
    day Date,
    salt FixedString(64),
    created_at DateTime('UTC')
)
ENGINE = {{engine MergeTree()}}
ORDER BY (site_id, day, created_at)
SETTINGS old_parts_lifetime = 1, fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed salts by site_id}};
