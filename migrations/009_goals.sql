-- Goals and custom dimensions of a site, as lists in JSON: they are read and written with the site.
ALTER TABLE {{local sites}} {{on cluster}}
    ADD COLUMN IF NOT EXISTS goals String,
    ADD COLUMN IF NOT EXISTS dimensions String;

{{undistributed sites}};

{{distributed sites by site_id}};
