// esbuild gathers the style sheets that are imported into dashboard.css.
declare module '*.css'
