// What the tracker knows of the page it runs on. A page may say otherwise through the queue.

declare global {
  /** False in the core build, which leaves out whatever stands behind it. */
  const FULL: boolean

  interface Document {
    readonly prerendering?: boolean
  }
}

/** Parameters of a hit; undefined, null and false are left out, objects become JSON. */
export type Facts = Record<string, unknown>

const { src = location.href, dataset = {} } = (document.currentScript || {}) as Partial<HTMLScriptElement>
const home = new URL('f', src)

/** Where the tag has a data-debug with something in it. */
export const debug = (dataset.debug && console) as Console | undefined

/** Origin that the script came from, which is also that of the opt-out frame. */
export const origin = home.origin

/** What goes with every hit. */
export const common: Facts = {
  rec: 1,
  idsite: dataset.site || /site=(\d+)/.exec(src)?.[1],
  res: `${screen.width}x${screen.height}`,
  cd: screen.colorDepth,
  cookie: +navigator.cookieEnabled,
  pdf: +navigator.pdfViewerEnabled,
}

/** Where hits go: by default to our host and the site of the tag; to others beside it, where the page says so. */
export const targets: [Target, ...Target[]] = [[home.href]]

type Target = [address: string, site?: unknown]

let domains: string[] = []

/** Hosts that belong to the website; `*.example.org` and `.example.org` mean all hosts under it. */
export function setDomains(hosts: string | string[]): void {
  domains = ([] as string[]).concat(hosts)
}

/** Whether a host belongs to the website. A port or path behind a host of the list is not looked at. */
export function isOwn(host: string): boolean {
  const own = host === location.hostname
  if (!FULL) return own
  return (
    own ||
    domains.some((entry) => {
      const domain = entry.replace(/^\*|[:/].*/g, '')
      return domain[0] === '.' ? `.${host}`.endsWith(domain) : host === domain
    })
  )
}

/** Listens at the window, before anybody in the page does. */
export function on(types: string, listen: (event: never) => void): void {
  for (const type of types.split(' ')) addEventListener(type, listen as EventListener, true)
}

/** 16 random digits, of which ten million visitors share none: the chance that any two do is 1 %. */
export function random(): string {
  return Math.random().toFixed(16).slice(2)
}

export function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
