-- A mark for each 1,024 rows instead of 8,192: a question about some labels reads the sketches around theirs, too, and those
-- take most of its time. That is so of what is written from now on: parts are taken over with the marks that they have. On a
-- cluster the table stays as it is.
{{single node}} CREATE OR REPLACE TABLE rollups_next AS rollups
ENGINE = MergeTree()
PARTITION BY toYYYYMM(start)
ORDER BY (site_id, report, period, labels, start)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1,
    max_compress_block_size = 131072,
    vertical_merge_algorithm_min_rows_to_activate = 1,
    vertical_merge_algorithm_min_columns_to_activate = 1,
    index_granularity = 1024;

{{single node}} ALTER TABLE rollups_next ATTACH PARTITION ALL FROM rollups;

{{single node}} EXCHANGE TABLES rollups AND rollups_next;

-- Whatever another process was rolling up meanwhile went into the table that goes: its days are made anew.
{{single node}} INSERT INTO days SELECT DISTINCT site_id, start, now64(3, 'UTC') FROM rolled
WHERE period = 'day' AND version > toUnixTimestamp64Micro(now64(6)) - 3600000000;

{{single node}} DROP TABLE IF EXISTS rollups_next SYNC;
