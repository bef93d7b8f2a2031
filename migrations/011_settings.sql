-- What goes for all sites, as JSON. One row, `all`; the newest version counts.
CREATE TABLE IF NOT EXISTS {{local settings}} {{on cluster}}
(
    name String,
    value String,
    version UInt64
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed settings by name}};
