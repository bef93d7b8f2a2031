// Compiles device-detector's data into the one file that the server recognises devices with, dist/devices.json.
// The data comes from the npm package node-device-detector. Nothing of its code is run or shipped: its data files
// are literals, and are read as text.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { partsOf, requiredLiterals, textsOf } from './literals.mjs'

const source = packageFolder()

/** Writes devices.json and its licence into a folder. */
export async function buildDevices(folder) {
  const data = await compileDevices()
  const texts = ['LGPL-3.0', 'GPL-3.0'].map((name) =>
    readFile(join(import.meta.dirname, '..', 'docs', 'licences', `${name}.txt`), 'utf8'),
  )
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'devices.json'), JSON.stringify(data))
  await writeFile(
    join(folder, 'devices.LICENSE'),
    [notice(data.source), ...(await Promise.all(texts))].join('\n'),
  )
}

function packageFolder() {
  try {
    return dirname(createRequire(import.meta.url).resolve('node-device-detector/package.json'))
  } catch {
    throw new Error('The package node-device-detector is missing: npm ci installs it.')
  }
}

function notice(from) {
  return `devices.json is compiled from the data of Matomo's Device Detector, https://github.com/matomo-org/device-detector
Copyright the contributors of Device Detector; free software under the GNU Lesser General Public License,
version 3 or (at your option) any later version. It comes without any warranty.

The data was taken from the npm package ${from}, https://github.com/sanchezzzhak/node-device-detector
Its arrangement there is by its author, under the MIT licence. No code of either is part of Footfall.

devices.json is data beside the program and can be replaced: \`npm run build\` (scripts/devices.mjs) compiles it
from any version of that package.

The texts of the GNU Lesser General Public License and of the GNU General Public License, which it extends, follow.

${'-'.repeat(80)}
`
}

/** What dist/devices.json holds; server/enrich/device-data.ts says what each part is. */
export async function compileDevices() {
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'))
  const expressions = new Expressions()
  const [systems, families, browsers, mobileOnly, brands] = await Promise.all([
    readLiteral('parser/os/os_systems.js'),
    readLiteral('parser/os/os_families.js'),
    readLiteral('parser/client/browser-short.js'),
    readLiteral('parser/client/browser-short-mobile.js'),
    readLiteral('parser/device/brand-short.js'),
  ])
  const familyOf = new Map(
    Object.entries(families).flatMap(([name, codes]) => codes.map((code) => [code, name])),
  )
  const data = {
    source: `node-device-detector ${version}`,
    bots: expressions.add(await readLiteral('regexes/bots.js'), () => 0),
    systems: await systemRules(expressions),
    clients: await clientRules(expressions),
    devices: await deviceRules(expressions),
    vendors: expressions.add(
      Object.entries(await readLiteral('regexes/vendorfragments.js')).flatMap(([brand, fragments]) =>
        fragments.map((fragment) => ({ brand, regex: `${fragment}[^a-z0-9]+` })),
      ),
      ({ brand }) => brand,
    ),
    apps: await readLiteral('regexes/client/hints/apps.js'),
    browserApps: await readLiteral('regexes/client/hints/browsers.js'),
    systemNames: Object.entries(systems).map(([code, name]) => [name, code, familyOf.get(code) ?? '']),
    browserNames: Object.entries(browsers).map(([code, name]) => [name, code]),
    mobileBrowsers: mobileOnly.map((code) => browsers[code]).filter((name) => name !== undefined),
    brandCodes: Object.entries(brands).map(([code, name]) => [name, code]),
    fireVersions: await readLiteral('parser/os/fire-os-version-map.js'),
    lineageVersions: await readLiteral('parser/os/lineage-os-version-map.js'),
  }
  return { ...data, ...expressions.compiled() }
}

async function systemRules(expressions) {
  const rules = await readLiteral('regexes/oss.js')
  return {
    ...expressions.add(rules, () => 0),
    rules: rules.map(({ name, version, versions }) => ({
      name,
      version: version ?? '',
      ...(versions && { versions: expressions.add(versions, (each) => each.version ?? '') }),
    })),
  }
}

async function clientRules(expressions) {
  const kinds = [
    ['feed reader', 'feed_readers'],
    ['mobile app', 'mobile_apps'],
    ['mediaplayer', 'mediaplayers'],
    ['pim', 'pim'],
    ['browser', 'browsers'],
    ['library', 'libraries'],
  ]
  const clients = []
  for (const [kind, file] of kinds) {
    const rules = await readLiteral(`regexes/client/${file}.js`)
    clients.push({ kind, ...expressions.add(rules, ({ name, version }) => [name, version ?? '']) })
  }
  return clients
}

async function deviceRules(expressions) {
  const groups = [
    ['hbbtv', 'televisions'],
    ['shell tv', 'shell_tv'],
    ['notebook', 'notebooks'],
    ['console', 'consoles'],
    ['car', 'car_browsers'],
    ['camera', 'cameras'],
    ['media player', 'portable_media_player'],
    ['mobile', 'mobiles'],
  ]
  const devices = []
  for (const [group, file] of groups) {
    const brands = Object.entries(await readLiteral(`regexes/device/${file}.js`))
    const numbered = expressions.add(
      brands.map(([, rule]) => rule),
      () => 0,
    )
    const rules = brands.map(([brand, { device, model, models }]) => ({
      brand,
      ...(device && { type: device }),
      ...(models
        ? {
            models: expressions.add(models, (each) => [
              each.model ?? '',
              each.device ?? '',
              each.brand ?? '',
            ]),
          }
        : model && { model }),
    }))
    devices.push({ ...numbered, group, rules })
  }
  return devices
}

/** The expressions of all rules, numbered: those of one list of rules one after the other, in their order. */
/** An expression is not taken apart into more. */
const mostParts = 1500

class Expressions {
  #sources = []
  #literals = []

  /** The number of the first, what is said of each rule, and whose each expression is where rules have several. */
  add(rules, facts) {
    const first = this.#sources.length
    const owners = []
    for (const [index, rule] of rules.entries()) {
      const source = inJavaScript(rule.regex)
      // A match that names are filled from must be that of the whole.
      const filling = JSON.stringify(rule, (key, value) =>
        /regex|models|versions/.test(key) ? 0 : value,
      ).includes('$')
      const parts = filling ? [source] : partsOf(source)
      for (const part of parts.length > mostParts ? [source] : parts) {
        const texts = filling ? undefined : textsOf(part)
        this.#sources.push(texts ? `\t${texts.ends ? '$' : ''}\t${texts.texts.join('\t')}` : part)
        this.#literals.push(requiredLiterals(part))
        owners.push(index)
      }
    }
    const several = owners.length > rules.length
    return { first, rules: rules.map(facts), ...(several && { owners }) }
  }

  compiled() {
    const needed = new Map()
    const unconditional = []
    for (const [number, literals] of this.#literals.entries()) {
      if (!literals) unconditional.push(number)
      for (const literal of literals ?? []) {
        const numbers = needed.get(literal)
        if (numbers) numbers.push(number)
        else needed.set(literal, [number])
      }
    }
    return {
      expressions: this.#sources,
      unconditional,
      literals: [...needed.keys()],
      places: rarestPlaces([...needed.keys()]),
      neededBy: [...needed.values()].map((numbers) => (numbers.length === 1 ? numbers[0] : numbers)),
    }
  }
}

/** Where in each text the three characters begin that the fewest of the texts have. */
function rarestPlaces(texts) {
  const counts = new Map()
  const threes = (text) =>
    Array.from({ length: Math.max(0, text.length - 2) }, (_, at) => text.slice(at, at + 3))
  for (const text of texts) for (const three of threes(text)) counts.set(three, (counts.get(three) ?? 0) + 1)
  return texts.map((text) => {
    const found = threes(text).map((three) => counts.get(three))
    return Math.max(0, found.indexOf(Math.min(...found)))
  })
}

const posix = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  xdigit: '0-9a-fA-F',
}

/**
 * What PCRE knows and JavaScript does not: quantifiers that give nothing back, and classes by name.
 * @throws SyntaxError when JavaScript does not take it
 */
function inJavaScript(regex) {
  const expression = regex
    .replace(/([*+?}])\+/g, '$1')
    .replace(/\[:([a-z]+):\]/g, (name, key) => posix[key] ?? name)
  new RegExp(expression, 'i')
  return expression
}

/** The value that a data file consists of: `module.exports = ...` and comments around it. */
async function readLiteral(path) {
  const text = await readFile(join(source, path), 'utf8')
  const value = text
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s*module\.exports\s*=/, '')
    .replace(/;\s*$/, '')
  try {
    return JSON.parse(value)
  } catch {
    // Tables of names are written with single quotes and commas at the end.
    return JSON.parse(
      value
        .replace(/'((?:[^'\\\n]|\\.)*)'|"(?:[^"\\\n]|\\.)*"/g, (quoted, inner) =>
          inner === undefined ? quoted : JSON.stringify(inner.replace(/\\(.)/g, '$1')),
        )
        .replace(/,(\s*[}\]])/g, '$1'),
    )
  }
}
