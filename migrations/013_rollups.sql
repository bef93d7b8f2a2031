-- Totals of finished days, weeks, months and years, and of the hours of days: a row for each label of a report, and one
-- without labels for the report as a whole; no visitor in it but sketches, with which distinct visitors of several periods
-- can be put together. A period is made anew as a whole, under another version; `rolled` says which version counts.
-- Of a year that is final (`final` says which) the version is 0, and there are no sketches.
--
-- A column for each metric of server/reports/catalogue: those that a report does not have are 0 and take next to nothing.
-- The days of a label lie side by side, so that labels take next to nothing either.
CREATE TABLE IF NOT EXISTS {{local rollups}} {{on cluster}}
(
    site_id UInt32,
    report LowCardinality(String),
    period LowCardinality(String),
    start Date,
    version UInt64,
    final UInt16,
    labels Array(String) CODEC(ZSTD),

    visits Float64 CODEC(ZSTD),
    visitors Float64 CODEC(ZSTD),
    visitors_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    page_views Float64 CODEC(ZSTD),
    actions Float64 CODEC(ZSTD),
    bounces Float64 CODEC(ZSTD),
    duration_sum Float64 CODEC(ZSTD),
    max_actions Float64 CODEC(ZSTD),
    users Float64 CODEC(ZSTD),
    users_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    converted_visits Float64 CODEC(ZSTD),
    visitors_sketch AggregateFunction(uniqCombined(12), UInt64) CODEC(ZSTD),
    users_sketch AggregateFunction(uniqCombined(12), UInt64) CODEC(ZSTD),
    unique_page_views Float64 CODEC(ZSTD),
    downloads Float64 CODEC(ZSTD),
    unique_downloads Float64 CODEC(ZSTD),
    outlinks Float64 CODEC(ZSTD),
    unique_outlinks Float64 CODEC(ZSTD),
    searches Float64 CODEC(ZSTD),
    search_keywords Float64 CODEC(ZSTD),
    search_keywords_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    hits Float64 CODEC(ZSTD),
    time_spent_sum Float64 CODEC(ZSTD),
    entries Float64 CODEC(ZSTD),
    entry_bounces Float64 CODEC(ZSTD),
    exits Float64 CODEC(ZSTD),
    url_prefix Float64 CODEC(ZSTD),
    events Float64 CODEC(ZSTD),
    events_with_value Float64 CODEC(ZSTD),
    event_value_sum Float64 CODEC(ZSTD),
    min_event_value Float64 CODEC(ZSTD),
    max_event_value Float64 CODEC(ZSTD),
    errors Float64 CODEC(ZSTD),
    impressions Float64 CODEC(ZSTD),
    interactions Float64 CODEC(ZSTD),
    direct_visits Float64 CODEC(ZSTD),
    search_visits Float64 CODEC(ZSTD),
    website_visits Float64 CODEC(ZSTD),
    social_visits Float64 CODEC(ZSTD),
    campaign_visits Float64 CODEC(ZSTD),
    ai_visits Float64 CODEC(ZSTD),
    search_engines Float64 CODEC(ZSTD),
    search_engines_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    referrer_keywords Float64 CODEC(ZSTD),
    referrer_keywords_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    websites Float64 CODEC(ZSTD),
    websites_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    website_pages Float64 CODEC(ZSTD),
    website_pages_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    social_networks Float64 CODEC(ZSTD),
    social_networks_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    campaigns Float64 CODEC(ZSTD),
    campaigns_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    ai_assistants Float64 CODEC(ZSTD),
    ai_assistants_total AggregateFunction(uniqCombined(16), UInt64) CODEC(ZSTD),
    conversions Float64 CODEC(ZSTD),
    revenue Float64 CODEC(ZSTD),
    credited_conversions Float64 CODEC(ZSTD),
    credited_revenue Float64 CODEC(ZSTD),
    later_conversions Float64 CODEC(ZSTD),
    orders Float64 CODEC(ZSTD),
    quantity Float64 CODEC(ZSTD),
    subtotal Float64 CODEC(ZSTD),
    tax Float64 CODEC(ZSTD),
    shipping Float64 CODEC(ZSTD),
    discount Float64 CODEC(ZSTD),
    abandoned_carts Float64 CODEC(ZSTD),
    product_views Float64 CODEC(ZSTD),
    product_visits Float64 CODEC(ZSTD),
    measured Float64 CODEC(ZSTD),
    page_load_time_sum Float64 CODEC(ZSTD),
    page_load_time_count Float64 CODEC(ZSTD),
    network_time_sum Float64 CODEC(ZSTD),
    network_time_count Float64 CODEC(ZSTD),
    server_time_sum Float64 CODEC(ZSTD),
    server_time_count Float64 CODEC(ZSTD),
    transfer_time_sum Float64 CODEC(ZSTD),
    transfer_time_count Float64 CODEC(ZSTD),
    dom_processing_time_sum Float64 CODEC(ZSTD),
    dom_processing_time_count Float64 CODEC(ZSTD),
    dom_completion_time_sum Float64 CODEC(ZSTD),
    dom_completion_time_count Float64 CODEC(ZSTD),
    on_load_time_sum Float64 CODEC(ZSTD),
    on_load_time_count Float64 CODEC(ZSTD),
    page_load_time_spread Map(UInt16, UInt64) CODEC(ZSTD),
    network_time_spread Map(UInt16, UInt64) CODEC(ZSTD),
    server_time_spread Map(UInt16, UInt64) CODEC(ZSTD),
    transfer_time_spread Map(UInt16, UInt64) CODEC(ZSTD),
    dom_processing_time_spread Map(UInt16, UInt64) CODEC(ZSTD),
    dom_completion_time_spread Map(UInt16, UInt64) CODEC(ZSTD),
    on_load_time_spread Map(UInt16, UInt64) CODEC(ZSTD),
    lcp_sum Float64 CODEC(ZSTD),
    lcp_count Float64 CODEC(ZSTD),
    inp_sum Float64 CODEC(ZSTD),
    inp_count Float64 CODEC(ZSTD),
    cls_sum Float64 CODEC(ZSTD),
    cls_count Float64 CODEC(ZSTD),
    fcp_sum Float64 CODEC(ZSTD),
    fcp_count Float64 CODEC(ZSTD),
    ttfb_sum Float64 CODEC(ZSTD),
    ttfb_count Float64 CODEC(ZSTD),
    lcp_spread Map(UInt16, UInt64) CODEC(ZSTD),
    inp_spread Map(UInt16, UInt64) CODEC(ZSTD),
    cls_spread Map(UInt16, UInt64) CODEC(ZSTD),
    fcp_spread Map(UInt16, UInt64) CODEC(ZSTD),
    ttfb_spread Map(UInt16, UInt64) CODEC(ZSTD),
    engaged_time_sum Float64 CODEC(ZSTD),
    engaged_time_count Float64 CODEC(ZSTD),
    scroll_depth_sum Float64 CODEC(ZSTD),
    scroll_depth_count Float64 CODEC(ZSTD),
    engaged_time_spread Map(UInt16, UInt64) CODEC(ZSTD),
    scroll_depth_spread Map(UInt16, UInt64) CODEC(ZSTD)
)
ENGINE = {{engine MergeTree()}}
PARTITION BY toYYYYMM(start)
ORDER BY (site_id, report, period, labels, start)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_compressed_bytes_to_fsync_after_merge = 1;

{{distributed rollups by site_id}};

-- Which version of a period counts: the newest. It is that of the moment, in Unix microseconds, at which reading began;
-- `definition` stands for what the reports and the site's time zone were then.
CREATE TABLE IF NOT EXISTS {{local rolled}} {{on cluster}}
(
    site_id UInt32,
    period LowCardinality(String),
    start Date,
    version UInt64,
    definition String
)
ENGINE = {{engine ReplacingMergeTree(version)}}
ORDER BY (site_id, period, start)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

{{distributed rolled by site_id}};

-- What was final before.
INSERT INTO rollups (site_id, report, period, start, version, final, labels, visits, visitors, page_views, actions, bounces,
    duration_sum, max_actions, time_spent_sum, entries, entry_bounces, exits, url_prefix, hits, searches, events,
    events_with_value, event_value_sum, conversions, revenue, orders, quantity, tax, shipping, discount, abandoned_carts, product_views)
SELECT site_id, report, period, start, 0, year, labels, metrics['visits'], metrics['visitors'], metrics['page_views'],
    metrics['actions'], metrics['bounces'], metrics['duration_sum'], metrics['max_actions'], metrics['time_spent_sum'],
    metrics['entries'], metrics['entry_bounces'], metrics['exits'], metrics['url_prefix'], metrics['hits'], metrics['searches'],
    metrics['events'], metrics['events_with_value'], metrics['event_value_sum'], metrics['conversions'], metrics['revenue'],
    metrics['orders'], metrics['quantity'], metrics['tax'], metrics['shipping'], metrics['discount'], metrics['abandoned_carts'],
    metrics['product_views']
FROM totals
SETTINGS max_partitions_per_insert_block = 0;

DROP TABLE IF EXISTS {{local totals}} {{on cluster}} SYNC;

{{undistributed totals}};
