// What a browser tells of its device beside its agent: client hints, as headers or as the tracker sends them, and
// the id of the app around it.

/** Client hints and X-Requested-With, by the header's name, lower case. */
export type Hints = Readonly<Record<string, string | undefined>>

/** The hints that say something about the device, and what is read of each. */
const hintLimits = {
  'sec-ch-ua': 300,
  'sec-ch-ua-full-version-list': 400,
  'sec-ch-ua-mobile': 4,
  'sec-ch-ua-platform': 40,
  'sec-ch-ua-platform-version': 40,
  'sec-ch-ua-model': 80,
  'sec-ch-ua-form-factors': 80,
  'x-requested-with': 100,
} as const
type HintName = keyof typeof hintLimits
const hintNames = Object.keys(hintLimits) as HintName[]

/** Those that were sent, cut to what is read of them. */
export type CutHints = Readonly<Partial<Record<HintName, string>>>

export function cutHints(hints: Hints): CutHints {
  const cut: Partial<Record<HintName, string>> = {}
  for (const name of hintNames) {
    const value = hints[name]
    if (value) cut[name] = value.slice(0, hintLimits[name])
  }
  return cut
}

/** What the hints say, read. Empty where they say nothing. */
export type Told = {
  brands: { name: string; version: string }[]
  platform: string
  platformVersion: string
  model: string
  /** Lower case. */
  formFactors: string[]
  /** The app's package. */
  app: string
}

export function readHints(hints: CutHints): Told {
  const model = unquoted(hints['sec-ch-ua-model'])
  const app = hints['x-requested-with'] ?? ''
  const list = hints['sec-ch-ua-full-version-list'] ?? hints['sec-ch-ua'] ?? ''
  return {
    brands: [...list.matchAll(/"([^"]+)"; ?v="([^"]+)"/g)].map(([, name = '', version = '']) => ({
      name,
      version,
    })),
    platform: unquoted(hints['sec-ch-ua-platform']),
    platformVersion: /^\d[\d.]*$/.exec(unquoted(hints['sec-ch-ua-platform-version']))?.[0] ?? '',
    // Chrome's agent says K for every phone.
    model: model === 'K' ? '' : model,
    formFactors: [...(hints['sec-ch-ua-form-factors'] ?? '').toLowerCase().matchAll(/"([a-z]+)"/g)].map(
      ([, factor = '']) => factor,
    ),
    app: app.toLowerCase() === 'xmlhttprequest' ? '' : app,
  }
}

export function unquoted(hint: string | undefined): string {
  return hint ? hint.replaceAll('"', '').trim() : ''
}

/**
 * `navigator.userAgentData` with its high-entropy values, as the tracker sends it, in the form of the headers.
 * undefined when it is no such thing.
 */
export function hintsFromUaData(json: string): Hints | undefined {
  if (json.length > 4000) return undefined
  let data: unknown
  try {
    data = JSON.parse(json)
  } catch {
    return undefined
  }
  if (!isRecord(data)) return undefined
  const brands = brandList(data.brands)
  const versions = brandList(data.fullVersionList)
  const factors = data.formFactors ?? []
  const texts = [data.model ?? '', data.platform ?? '', data.platformVersion ?? '']
  if (brands === undefined || versions === undefined) return undefined
  if (!Array.isArray(factors) || !factors.every(isString) || !texts.every(isString)) return undefined
  if (data.mobile !== undefined && data.mobile !== null && typeof data.mobile !== 'boolean') return undefined
  const [model = '', platform = '', platformVersion = ''] = texts
  const hints: Partial<Record<HintName, string>> = {
    'sec-ch-ua': brands,
    'sec-ch-ua-full-version-list': versions,
    'sec-ch-ua-mobile': typeof data.mobile === 'boolean' ? (data.mobile ? '?1' : '?0') : '',
    'sec-ch-ua-platform': quoted(platform),
    'sec-ch-ua-platform-version': quoted(platformVersion),
    'sec-ch-ua-model': quoted(model),
    'sec-ch-ua-form-factors': factors.map(quoted).join(', '),
  }
  for (const name of hintNames) if (!hints[name]) delete hints[name]
  return hints
}

/** '' when there is none, undefined when it is something else. */
function brandList(value: unknown): string | undefined {
  if (value === undefined || value === null) return ''
  if (!Array.isArray(value) || value.length > 20) return undefined
  const entries: string[] = []
  for (const entry of value) {
    if (!isRecord(entry) || !isString(entry.brand) || !isString(entry.version)) return undefined
    entries.push(`${quoted(entry.brand)};v=${quoted(entry.version)}`)
  }
  return entries.join(', ')
}

function quoted(text: string): string {
  return text === '' ? '' : `"${text.replace(/["\\,]+/g, ' ')}"`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}
