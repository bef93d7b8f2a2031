-- Funnels of a site, as a list in JSON: they are read and written with the site.
ALTER TABLE {{local sites}} {{on cluster}}
    ADD COLUMN IF NOT EXISTS funnels String;

{{undistributed sites}};

{{distributed sites by site_id}};
