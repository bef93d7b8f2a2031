-- Merged parts are synced, too: the parts that they were made of go some minutes later, and a power loss must not take
-- both.
ALTER TABLE {{local hits}} {{on cluster}} MODIFY SETTING min_compressed_bytes_to_fsync_after_merge = 1;

ALTER TABLE {{local visits}} {{on cluster}} MODIFY SETTING min_compressed_bytes_to_fsync_after_merge = 1;

ALTER TABLE {{local totals}} {{on cluster}} MODIFY SETTING min_compressed_bytes_to_fsync_after_merge = 1;
