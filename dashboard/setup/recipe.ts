// What to put where so that a site is counted, for each kind of site: the very text to copy, with the address of this
// service and the number of the site. docs/install.md shows the same; a test compares them.

import type { Site } from '../api.ts'

/** In the order of their tabs. */
export const recipes = [
  { name: 'html', codes: ['tag'] },
  { name: 'matomo', codes: ['matomo'] },
  { name: 'app', codes: ['tag', 'hash'] },
  { name: 'wordpress', codes: ['wordpress'] },
  { name: 'static', codes: ['hugo', 'jekyll', 'astro', 'next', 'docusaurus'] },
  { name: 'pixel', codes: ['pixel'] },
  { name: 'server', codes: ['curl', 'php'] },
  { name: 'logs', codes: ['logs'] },
] as const

export type RecipeName = (typeof recipes)[number]['name']
export type CodeName = (typeof recipes)[number]['codes'][number]

/** Address of this service, as the tracking code of a site has it. */
export function serviceOf({ snippet }: Pick<Site, 'snippet'>): string {
  return /src="([^"]*)\/f\.js/.exec(snippet)?.[1] ?? ''
}

export function codesFor(site: Pick<Site, 'id' | 'urls' | 'snippet'>): Readonly<Record<CodeName, string>> {
  const { id, snippet } = site
  const service = serviceOf(site)
  const script = `${service}/f.js?site=${id}`
  const page = new URL('/order', site.urls[0] ?? 'https://example.org').href
  return {
    tag: snippet,
    matomo: `var u="${service}/";\n_paq.push(['setSiteId', '${id}']);`,
    hash: `<script>
  var _paq = window._paq = window._paq || [], shown;
  function countPage() {
    var path = location.hash.slice(1) || '/';
    if (path === shown) return;
    shown = path;
    _paq.push(['setCustomUrl', path], ['trackPageView']);
  }
  countPage();
  addEventListener('hashchange', countPage);
</script>`,
    wordpress: `<?php
add_action('wp_head', function () {
    echo '${snippet}';
});`,
    hugo: snippet,
    jekyll: snippet,
    astro: snippet.replace('<script', '<script is:inline'),
    next: snippet.replace('></script>', ' />'),
    docusaurus: `scripts: [{ src: '${script}', async: true }],`,
    pixel: `<noscript><img src="${service}/f?idsite=${id}&amp;rec=1" referrerpolicy="no-referrer-when-downgrade" alt=""></noscript>`,
    curl: `curl ${service}/matomo.php \\
  --data idsite=${id} --data rec=1 --data send_image=0 \\
  --data-urlencode 'url=${page}' \\
  --data-urlencode 'action_name=Order' \\
  --data-urlencode "ua=$HTTP_USER_AGENT" \\
  --data-urlencode "cip=$REMOTE_ADDR" \\
  --data-urlencode "token_auth=$FOOTFALL_TOKEN"`,
    php: `require 'vendor/autoload.php';
$tracker = new MatomoTracker(${id}, '${service}/');
$tracker->setTokenAuth(getenv('FOOTFALL_TOKEN'));
$tracker->doTrackPageView('Order');`,
    logs: `python3 import_logs.py --url=${service} --idsite=${id} \\
  --token-auth="$FOOTFALL_TOKEN" --recorder-max-payload-size=2000 \\
  access.log`,
  }
}
