-- Segments that users saved, as JSON. The newest version of a row counts; `deleted` rows are gone. Site 0: of all sites.
CREATE TABLE IF NOT EXISTS {{local segments}} {{on cluster}}
(
    segment_id UInt32,
    name String,
    definition String,
    site_id UInt32,
    user_id UInt32,
    shared UInt8,
    created_at DateTime64(3, 'UTC'),
    version UInt64,
    deleted UInt8
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY segment_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1;

{{distributed segments by segment_id}};
