-- What has been applied to this data. Created before all else, at every start.
CREATE TABLE IF NOT EXISTS {{local migrations}} {{on cluster}}
(
    number UInt32,
    name String,
    checksum FixedString(64),
    applied_at DateTime('UTC')
)
ENGINE = {{engine MergeTree()}}
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed migrations by number}};
