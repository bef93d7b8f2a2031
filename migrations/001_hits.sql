-- One row per accepted request. server/collect/hit.ts says what each column is for, and a test holds the two
-- together. Sorted so that the hits of a visit lie side by side: their visit facts compress to almost nothing.
CREATE TABLE IF NOT EXISTS {{local hits}} {{on cluster}}
(
    site_id UInt32,
    day Date,
    visit_id UInt64 CODEC(Delta, ZSTD),
    position UInt16,
    visitor_id UInt64 CODEC(ZSTD),
    time DateTime('UTC') CODEC(Delta, ZSTD),
    visit_time DateTime('UTC') CODEC(Delta, ZSTD),
    visit_number UInt16,

    kind LowCardinality(String),
    method LowCardinality(String),
    url String CODEC(ZSTD),
    url_prefix UInt8,
    title String CODEC(ZSTD),
    page_view_id String CODEC(ZSTD),
    target_url String CODEC(ZSTD),
    search_keyword String CODEC(ZSTD),
    search_category LowCardinality(String),
    search_count Int32,
    event_category LowCardinality(String),
    event_action String CODEC(ZSTD),
    event_name String CODEC(ZSTD),
    event_value Nullable(Float64),

    previous_url String CODEC(ZSTD),
    previous_title String CODEC(ZSTD),
    time_spent UInt16,

    entry_url String CODEC(ZSTD),
    entry_title String CODEC(ZSTD),
    referrer_type LowCardinality(String),
    referrer_name LowCardinality(String),
    referrer_keyword String CODEC(ZSTD),
    referrer_url String CODEC(ZSTD),
    ip String CODEC(ZSTD),
    country LowCardinality(String),
    language LowCardinality(String),
    device_type LowCardinality(String),
    device_brand LowCardinality(String),
    device_model LowCardinality(String),
    os_name LowCardinality(String),
    os_version LowCardinality(String),
    browser_name LowCardinality(String),
    browser_version LowCardinality(String),
    resolution LowCardinality(String),
    color_depth UInt8,
    techniques Array(LowCardinality(String)),
    local_minute UInt16
)
ENGINE = {{engine MergeTree()}}
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, visit_id, position)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed hits by site_id, visitor_id}};
