-- A byte of each hit less: what is written from now on, and what is merged. `npm run bench -- reports` measures it.
ALTER TABLE {{local hits}} {{on cluster}}
    MODIFY COLUMN time CODEC(DoubleDelta, ZSTD(3)),
    MODIFY COLUMN time_spent CODEC(T64, ZSTD(3)),
    MODIFY COLUMN timings CODEC(ZSTD(9));

ALTER TABLE {{local visits}} {{on cluster}}
    MODIFY COLUMN exit CODEC(ZSTD(9)),
    MODIFY COLUMN exit_page CODEC(ZSTD(9)),
    MODIFY COLUMN referrer CODEC(ZSTD(9)),
    MODIFY COLUMN referrer_page CODEC(ZSTD(9)),
    MODIFY COLUMN known CODEC(ZSTD(9)),
    MODIFY COLUMN screen CODEC(ZSTD(9));
