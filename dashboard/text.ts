// Every English sentence of the dashboard, so that translations can stand beside it. What reports and metrics
// are called comes from the server's catalogue.

import type { Grain, PeriodKind } from './period.ts'

export const text = {
  product: 'Footfall',

  errors: {
    unreachable: 'The server does not answer. Check your connection and try again.',
    wrong_credentials: 'E-mail and password do not match an account here.',
    too_many_attempts: 'Too many attempts. Wait a few minutes, then try again.',
    wrong_setup_key:
      'This setup link is not valid. Use the link that the server printed when it was last started.',
    already_set_up: 'Footfall is already set up. Sign in instead.',
    invalid_email: 'Enter an e-mail address, as name@example.org.',
    weak_password: 'Choose a password of 12 characters or more.',
    invalid_url: 'Enter the address of the site, as https://example.org.',
    invalid_timezone: 'Choose a time zone from the list.',
    invalid_name: 'Give the site a name.',
  },
  unexpected: (status: number) => `The server answered with an error (${status}).`,
  retry: 'Try again',
  close: 'Close',
  loading: 'Loading',

  form: {
    email: 'E-mail',
    password: 'Password',
    showPassword: 'Show password',
    hidePassword: 'Hide password',
    show: 'Show',
    hide: 'Hide',
    passwordHint: '12 characters or more. A few unrelated words are easy to keep in mind and hard to guess.',
    siteName: 'Name of the site',
    siteNameHint: 'As it shall stand in this dashboard.',
    siteUrl: 'Address',
    siteUrlHint: 'The main address of the site.',
    timezone: 'Time zone',
    timezoneHint: "Decides when the site's day begins and ends.",
    setupKey: 'Setup key',
    setupKeyHint: 'It is in the link that the server printed at its start, after “key=”.',
  },
  strength: {
    short: (missing: number) => (missing === 1 ? 'One more character.' : `${missing} more characters.`),
    weak: 'Long enough, but easy to guess.',
    fair: 'Good enough.',
    strong: 'Strong.',
  },

  setup: {
    title: 'Set up Footfall',
    lead: 'Two steps: your account and your first site. Then a line of HTML, and the counting begins.',
    account: 'Your account',
    site: 'Your first site',
    submit: 'Create account and site',
    submitting: 'Creating…',
    done: 'Footfall is already set up.',
    toSignIn: 'Go to sign-in',
    noKey: 'Footfall is not set up yet',
    noKeyLead:
      'When the server starts for the first time, it prints a link that ends in a key. Open that link, or enter the key here.',
  },

  signIn: {
    title: 'Sign in',
    submit: 'Sign in',
    submitting: 'Signing in…',
    expired: 'Please sign in to go on.',
    noPassword: 'Enter your password.',
  },
  signOut: 'Sign out',

  install: {
    title: (site: string) => `Count visits to ${site}`,
    lead: 'One line in every page is enough. Its script is small, sets no cookie for other sites, and sends data to this server only.',
    kinds: 'Kind of site',
    recipes: {
      html: {
        title: 'HTML',
        lead: 'Put this line into the template that all pages share, anywhere between <head> and </head>.',
        notes: () => [
          'Shops and site builders have a place for it in their settings: look for “custom code”, “head” or “tracking code”.',
        ],
      },
      matomo: {
        title: 'Matomo',
        lead: 'Does the site have Matomo’s snippet? Keep it, and change two of its lines: the server’s address and the site’s number.',
        notes: (service: string) => [
          `Where the snippet spells the addresses out, they are ${service}/matomo.js and ${service}/matomo.php.`,
          'All other lines stay, and so do the visitor ids in your visitors’ browsers. A container of Matomo’s Tag Manager is not served here: use the tracking code instead.',
        ],
      },
      app: {
        title: 'Single-page app',
        lead: 'Put the same line, once, into the page that loads the application. Moves to another path or query are counted by themselves, with the title that the page then has.',
        notes: () => [
          'Routers that keep the path behind # need the script above the tracking code. Those of Vue and React do not announce their moves: call countPage() after each, as in router.afterEach(() => countPage()).',
          'An application that reports its moves itself, by _paq or a package for Matomo, may go on to do so: then only what it reports is counted.',
        ],
      },
      wordpress: {
        title: 'WordPress',
        lead: 'Save this as wp-content/mu-plugins/footfall.php. It outlives updates of theme and plugins.',
        notes: () => ['Or put the tracking code into the header by any plugin that adds code there.'],
      },
      static: {
        title: 'Static site',
        lead: 'One line, in the source of the site.',
        notes: () => ['Then build and publish the site. Others: wherever the source has its <head>.'],
      },
      pixel: {
        title: 'Pixel',
        lead: 'An image counts page views where no script runs. Put it into the <body>, beside the tracking code. Alone, and without <noscript>, it counts everybody.',
        notes: () => [
          'It sees the page’s address, the browser and the language, but no titles, screens, clicks or time. In mails, say the address in it: &amp;url=https%3A%2F%2F…',
        ],
      },
      server: {
        title: 'Server',
        lead: 'Your own program tells what happened, in one request. Address, browser and language are those of the visitor whom it serves.',
        notes: () => [
          'Without ua= it would be a visit by curl, and programs are not counted. The address needs a token, which npx footfall token prints: keep it on the server.',
          'For PHP: composer require matomo/matomo-php-tracker. Matomo’s clients for other languages work as well.',
        ],
      },
      logs: {
        title: 'Logs',
        lead: 'Matomo’s log importer, as it is, sends the logs of a web server here, of any time and in any order.',
        notes: () => [
          'npx footfall token prints a token. The visits are in the reports some ten seconds after the last line. A page that has the tracking code, too, is counted twice.',
        ],
      },
    },
    codes: {
      tag: 'Tracking code',
      matomo: 'The two lines of Matomo’s snippet',
      hash: 'Where paths stand behind #, above it',
      wordpress: 'footfall.php',
      hugo: 'Hugo, in layouts/partials/head.html',
      jekyll: 'Jekyll, in _includes/head.html',
      astro: 'Astro, in the <head> of the layout',
      next: 'Next, in the <head> of app/layout.tsx',
      docusaurus: 'Docusaurus, in docusaurus.config.js',
      pixel: 'Pixel',
      curl: 'curl',
      php: 'PHP',
      logs: 'Log importer',
    },
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'Select the text and copy it with your keyboard.',
    waiting: 'No visit yet',
    waitingHint:
      'Waiting for the first page view. Open your site in another tab: this page notices by itself.',
    works: 'It works',
    first: (hit: { browser: string; os: string; country: string }) => {
      const device = [hit.browser, hit.os].filter(Boolean).join(' on ')
      return `First page view${device ? ` from ${device}` : ''}${hit.country ? `, ${hit.country}` : ''}:`
    },
    lost: 'The connection to the server is interrupted. Trying again…',
    toDashboard: 'Show the statistics',
    nothing: 'Still nothing after a minute?',
    checks: [
      'Is the line in the page that the browser gets? Look at its source.',
      'Is there a cache that still serves the old page?',
      'Does your browser send “Do Not Track”, block trackers, or have an opt-out? Then you are not counted, as you asked.',
    ],
  },

  header: {
    skip: 'Skip to the statistics',
    switchSite: (name: string) => `Site: ${name}. Change site`,
    findSite: 'Find a site',
    noSite: 'No site of that name.',
    addSite: 'Add a site…',
    menu: 'Menu',
    install: 'Tracking code',
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
    signedIn: (email: string) => `Signed in as ${email}`,
  },

  addSite: {
    title: 'Add a site',
    submit: 'Add site',
    submitting: 'Adding…',
    cancel: 'Cancel',
  },
  noSites: {
    title: 'No site yet',
    lead: 'Add the first site that you want to measure.',
  },
  unknownSite: {
    title: 'There is no such site',
    lead: 'It may have been removed, or the link is wrong.',
    home: 'Go to your sites',
  },

  period: {
    kinds: { day: 'Day', week: 'Week', month: 'Month', year: 'Year', range: 'Range' } as Record<
      PeriodKind,
      string
    >,
    label: 'Period',
    choose: (period: string) => `Period: ${period}. Change`,
    previous: {
      day: 'Previous day',
      week: 'Previous week',
      month: 'Previous month',
      year: 'Previous year',
      range: 'Previous period',
    } as Record<PeriodKind, string>,
    next: {
      day: 'Next day',
      week: 'Next week',
      month: 'Next month',
      year: 'Next year',
      range: 'Next period',
    } as Record<PeriodKind, string>,
    shortcuts: {
      today: 'Today',
      yesterday: 'Yesterday',
      last7: 'Last 7 days',
      last28: 'Last 28 days',
      last90: 'Last 90 days',
      thisMonth: 'This month',
      thisYear: 'This year',
    },
    earlier: { month: 'Earlier month', year: 'Earlier year', years: 'Earlier years' },
    later: { month: 'Later month', year: 'Later year', years: 'Later years' },
    from: 'From',
    to: 'To',
    apply: 'Apply',
    wrongRange: 'The first day must not be after the last.',
    timezone: (zone: string) => `Days as in ${zone}`,
  },

  realtime: {
    now: (visitors: string, one: boolean) =>
      `${visitors} ${one ? 'visitor' : 'visitors'} in the last 30 minutes`,
  },

  figures: {
    title: 'Overview',
    soFar: 'so far',
    noEarlier: 'nothing to compare with',
    same: 'as before',
    points: 'points',
    spoken: { better: 'better', worse: 'worse', neutral: '' },
    against: (previous: string) => `Compared with ${previous}`,
    againstSame: (current: string, previous: string) =>
      `Still running: ${current} is compared with ${previous}`,
    againstHours: (time: string, day: string) =>
      `Still running: until ${time}, compared with ${day} until then`,
    tooEarly: 'Still running: too early to compare',
  },

  chart: {
    title: (metric: string) => `${metric} over time`,
    by: { hour: 'by hour', day: 'by day', week: 'by week', month: 'by month' } as Record<Grain, string>,
    grain: 'Divide by',
    column: { hour: 'Hour', day: 'Day', week: 'Week', month: 'Month' } as Record<Grain, string>,
    current: 'This period',
    previous: 'Period before',
    running: 'so far',
    showTable: 'Show as table',
    showChart: 'Show as chart',
    keys: 'Use the arrow keys to read point by point.',
  },

  groups: {
    behaviour: 'Behaviour',
    acquisition: 'Acquisition',
    visitors: 'Visitors',
    technology: 'Technology',
    goals: 'Goals',
    shop: 'Shop',
    performance: 'Performance',
  },
  groupLeads: {
    behaviour: 'What people look at and do',
    acquisition: 'Where they come from',
    visitors: 'Who they are, as far as a page can know',
    technology: 'What they use',
    goals: 'What visits lead to, and what led to it',
    shop: 'What they buy, and what they leave in their carts',
    performance: 'How quick, steady and free of errors pages are, and how long they are looked at',
  },

  /** Shorter names for the tabs of a card, where the catalogue's own are long. */
  tabs: {
    'new-vs-returning': 'New and returning',
    'server-hours': "Site's hours",
    'local-hours': "Visitors' hours",
    resolutions: 'Screens',
    techniques: 'Techniques',
    os: 'Systems',
    'os-versions': 'System versions',
    'browser-engines': 'Engines',
    'pages-after-search': 'Pages after search',
    'titles-after-search': 'Titles after search',
    'event-categories': 'Event categories',
    'event-actions': 'Actions',
    'event-names': 'Names',
    events: 'Events',
    'searches-without-results': 'Without results',
    'search-categories': 'Categories',
    'content-pieces': 'Pieces',
    'action-dimensions': 'Dimensions of actions',
    'action-dimension-values': 'Values',
    'action-variables': 'Variables of actions',
    'action-variable-values': 'Values of variables',
    'visit-dimensions': 'Dimensions of visits',
    'visit-dimension-values': 'Values',
    'visit-variables': 'Variables of visits',
    'visit-variable-values': 'Values of variables',
    'campaign-keywords': 'Campaign keywords',
    'campaign-sources': 'Sources',
    'campaign-mediums': 'Mediums',
    'campaign-contents': 'Contents',
    'campaign-groups': 'Groups',
    'campaign-placements': 'Placements',
    'conversion-channels': 'Channels',
    'conversion-entry-pages': 'Entry pages',
    'conversion-pages': 'Pages',
    'product-names': 'Names',
    'product-categories': 'Categories',
    'cart-products': 'Abandoned products',
    'cart-product-names': 'Names',
    'cart-product-categories': 'Categories',
    'plain-languages': 'Without region',
    weekdays: 'Days of the week',
    'visit-durations': 'Duration',
    'visit-actions': 'Actions',
    'visit-numbers': 'Number of visit',
    'days-since-last-visit': 'Days since the last',
    'device-brands': 'Brands',
    'device-models': 'Models',
    'vitals-pages': 'Web vitals',
    'vitals-device-types': 'By device type',
    'vitals-countries': 'By country',
    'vitals-browsers': 'By browser',
    'loading-pages': 'Page loading',
    'loading-device-types': 'By device type',
    'loading-countries': 'By country',
    'loading-browsers': 'By browser',
    'pages-with-errors': 'By page',
  } as Readonly<Record<string, string>>,

  table: {
    kinds: 'Reports of this card',
    share: 'Share',
    shareDefinition: 'Part of the total of this report.',
    total: 'Total',
    wholeTotal: 'Total without the search',
    all: (count: string) => `Show all ${count}`,
    open: 'Show in full',
    csv: 'CSV',
    csvOf: (report: string) => `${report} as a CSV file`,
    empty: 'Nothing in this period.',
    notFound: (search: string) => `Nothing with “${search}”.`,
    search: 'Search',
    searchIn: (report: string) => `Search in ${report}`,
    pages: 'Pages of the table',
    range: (from: string, to: string, count: string) => `${from} to ${to} of ${count}`,
    previous: 'Previous rows',
    next: 'Next rows',
    sort: (metric: string) => `Sort by ${metric}`,
    openLink: (label: string) => `Open ${label} in a new tab`,
    about: (title: string) => `What is “${title}”?`,
    /** `error`: typical, as a percentage; empty where it is not known. */
    approximate: (error: string) =>
      error === ''
        ? 'The period reaches into years whose visits are no longer kept one by one: who came in several of their months is counted more than once as a visitor.'
        : `Numbers of visitors are estimated; they typically are right within ${error}.`,
  },

  emptyPeriod: {
    title: 'No visits in this period',
    lead: 'Choose another one, or wait for visitors.',
  },
  unknownPage: {
    title: 'There is no such page',
    lead: 'The link may be old or mistyped.',
  },
}
