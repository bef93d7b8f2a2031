// The opt-out frame as HTML: what it says in which state, in each language. Every state is in the page and one
// of them is shown, so that the script beside it (tracker/opt-out.ts) needs no words of its own.

/**
 * `counted` and `ignored`: whether visits of this browser are counted; `asks`: not counted, since the browser
 * itself asks for that; `refused`: still counted, since the browser did not keep the visitor's choice.
 */
export type OptOutState = 'counted' | 'ignored' | 'asks' | 'refused'

export type OptOutLanguage = 'en' | 'de' | 'fr'

export type OptOutStyle = {
  /** CSS values that are known to be harmless. */
  backgroundColor?: string
  fontColor?: string
  fontSize?: string
  fontFamily?: string
}

export type OptOutView = {
  state: OptOutState
  language: OptOutLanguage
  /** Our host, as the visitor's browser calls it. */
  host: string
  /** Whether Do Not Track and Global Privacy Control would be heeded. */
  honoursDoNotTrack: boolean
  /** False where the page was opened by itself, outside of a website's frame. */
  framed: boolean
  /** Hidden fields that bring the form's answer back to this same view. */
  fields: Readonly<Record<string, string>>
  style: OptOutStyle
}

type Words = {
  title: string
  says: Record<OptOutState, [headline: string, detail: string]>
  remedies: { cookies: string; script: string; signal: string }
  everywhere: string
  out: string
  in: string
}

// `{host}` stands for our host.
const words: Record<OptOutLanguage, Words> = {
  en: {
    title: 'Statistics on your visits',
    says: {
      counted: ['Your visits are counted.', 'They are part of this website’s statistics.'],
      ignored: [
        'Your visits are not counted.',
        'A cookie that says only this keeps your choice in this browser. If you delete your cookies, please choose again.',
      ],
      asks: [
        'Your visits are not counted.',
        'Your browser asks websites not to follow you (“Do Not Track” or “Global Privacy Control”), and that is respected here. You need not do anything else.',
      ],
      refused: [
        'Your visits are still counted.',
        'Your browser did not keep your choice, because it does not allow cookies here. What you can do:',
      ],
    },
    remedies: {
      cookies: 'Allow cookies from {host} in your browser, then choose again.',
      script: 'Switch JavaScript on: then this website can keep your choice itself.',
      signal:
        'Or switch on “Do Not Track” or “Global Privacy Control” in your browser; that is respected here.',
    },
    everywhere:
      'Your choice holds for all websites that {host} counts visits for. If your browser keeps cookies of different websites apart, please choose on each website, in its privacy statement.',
    out: 'Do not count me',
    in: 'Count me again',
  },
  de: {
    title: 'Statistik über Ihre Besuche',
    says: {
      counted: ['Ihre Besuche werden gezählt.', 'Sie gehen in die Statistik dieser Website ein.'],
      ignored: [
        'Ihre Besuche werden nicht gezählt.',
        'Ein Cookie, in dem nur dies steht, merkt sich Ihre Entscheidung in diesem Browser. Wenn Sie Ihre Cookies löschen, entscheiden Sie bitte erneut.',
      ],
      asks: [
        'Ihre Besuche werden nicht gezählt.',
        'Ihr Browser bittet Websites, Ihnen nicht zu folgen („Do Not Track“ oder „Global Privacy Control“). Daran halten wir uns; Sie müssen nichts weiter tun.',
      ],
      refused: [
        'Ihre Besuche werden weiterhin gezählt.',
        'Ihr Browser hat sich Ihre Entscheidung nicht gemerkt, weil er hier keine Cookies zulässt. Das können Sie tun:',
      ],
    },
    remedies: {
      cookies: 'Erlauben Sie in Ihrem Browser Cookies von {host} und entscheiden Sie dann erneut.',
      script: 'Schalten Sie JavaScript ein: Dann kann diese Website sich Ihre Entscheidung selbst merken.',
      signal:
        'Oder schalten Sie in Ihrem Browser „Do Not Track“ oder „Global Privacy Control“ ein; daran halten wir uns.',
    },
    everywhere:
      'Ihre Entscheidung gilt für alle Websites, deren Besuche {host} zählt. Wenn Ihr Browser die Cookies verschiedener Websites voneinander trennt, entscheiden Sie bitte auf jeder Website, in deren Datenschutzerklärung.',
    out: 'Mich nicht zählen',
    in: 'Mich wieder zählen',
  },
  fr: {
    title: 'Statistiques sur vos visites',
    says: {
      counted: ['Vos visites sont comptées.', 'Elles entrent dans les statistiques de ce site.'],
      ignored: [
        'Vos visites ne sont pas comptées.',
        'Un cookie qui ne dit rien d’autre retient votre choix dans ce navigateur. Si vous effacez vos cookies, veuillez choisir de nouveau.',
      ],
      asks: [
        'Vos visites ne sont pas comptées.',
        'Votre navigateur demande aux sites de ne pas vous suivre (« Do Not Track » ou « Global Privacy Control »), et cette demande est respectée ici. Vous n’avez rien d’autre à faire.',
      ],
      refused: [
        'Vos visites sont toujours comptées.',
        'Votre navigateur n’a pas retenu votre choix, car il n’accepte pas de cookies ici. Voici ce que vous pouvez faire :',
      ],
    },
    remedies: {
      cookies: 'Autorisez les cookies de {host} dans votre navigateur, puis choisissez de nouveau.',
      script: 'Activez JavaScript : ce site pourra alors retenir votre choix lui-même.',
      signal:
        'Ou activez « Do Not Track » ou « Global Privacy Control » dans votre navigateur ; cette demande est respectée ici.',
    },
    everywhere:
      'Votre choix vaut pour tous les sites dont {host} compte les visites. Si votre navigateur sépare les cookies des différents sites, veuillez choisir sur chaque site, dans sa déclaration de confidentialité.',
    out: 'Ne pas me compter',
    in: 'Me compter de nouveau',
  },
}

/** The page, and the style within it for the Content-Security-Policy to allow. */
export function optOutPage(view: OptOutView): { html: string; style: string } {
  const text = words[view.language]
  const style = css(view.style)
  const say = (sentence: string): string => escaped(sentence.replaceAll('{host}', view.host))
  const shownIn = (...states: OptOutState[]): string =>
    `data-in="${states.join(' ')}"${states.includes(view.state) ? '' : ' hidden'}`

  const remedies = [
    `<li>${say(text.remedies.cookies)}</li>`,
    view.honoursDoNotTrack ? `<li>${say(text.remedies.signal)}</li>` : '',
  ].join('')
  const scriptless = view.framed ? `<p data-scriptless>${say(text.remedies.script)}</p>` : ''
  const paragraphs = (['counted', 'ignored', 'asks', 'refused'] as const).map((state) => {
    const [headline, detail] = text.says[state]
    return (
      `<div ${shownIn(state)}><h1>${say(headline)}</h1><p>${say(detail)}</p>` +
      `${state === 'refused' ? `<ul>${remedies}</ul>${scriptless}` : ''}</div>`
    )
  })
  const fields = Object.entries(view.fields).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )

  // All addresses are relative: behind a proxy the service may live in a folder.
  const html = `<!doctype html>
<html lang="${view.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${say(text.title)}</title>
<style>${style}</style>
<script src="opt-out.js" defer></script>
</head>
<body>
<main data-state="${view.state}">
<div role="status">
${paragraphs.join('\n')}
</div>
<form method="post" action="opt-out">
${fields.join('\n')}
<button name="choice" value="out" ${shownIn('counted', 'refused')}>${say(text.out)}</button>
<button name="choice" value="in" ${shownIn('ignored')}>${say(text.in)}</button>
</form>
${view.framed ? '' : `<p class="note" ${shownIn('counted', 'ignored', 'refused')}>${say(text.everywhere)}</p>`}
</main>
</body>
</html>
`
  return { html, style }
}

function css({ backgroundColor, fontColor, fontSize, fontFamily }: OptOutStyle): string {
  // A website that chose one of the two colours gets another that suits it.
  const scheme = backgroundColor || fontColor ? 'light' : 'light dark'
  const background = backgroundColor ?? (fontColor ? 'transparent' : 'Canvas')
  const color = fontColor ?? (backgroundColor ? textOn(backgroundColor) : 'CanvasText')
  const font = `${fontSize ?? '1rem'}/1.5 ${fontFamily ?? 'system-ui,sans-serif'}`
  return `:root{color-scheme:${scheme};background:${background};color:${color};font:${font}}
body{margin:0;padding:.75em}
main{max-width:42em}
main[aria-busy=true]{visibility:hidden}
h1{margin:0;font:inherit;font-weight:600}
p,ul{margin:0 0 .75em}
ul{padding-left:1.25em}
.note{margin:.75em 0 0;font-size:.875em;opacity:.85}
button{font:inherit;font-weight:600;color:inherit;background:transparent;border:2px solid;border-radius:.4em;padding:.4em 1em;min-height:2.75em;cursor:pointer;overflow-wrap:anywhere}
button:hover{background:color-mix(in srgb,currentColor 12%,transparent)}
button:focus-visible{outline:3px solid Highlight;outline-offset:2px}
[hidden]{display:none}
`
}

/** Black or white, whichever stands out more from a colour `#rgb` or `#rrggbb` (by WCAG's relative luminance). */
function textOn(color: string): string {
  const digits = color.length === 4 ? color.replace(/[^#]/g, '$&$&') : color
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(digits.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff'
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
