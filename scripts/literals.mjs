// What can be said of an expression without running it: which literals it cannot do without, so that of twenty
// thousand expressions only a handful need to be tried; whether it is no more than a few texts; and which smaller
// expressions it is made of. All are for expressions that ignore case; literals and texts are in lower case.

/** More variants of one piece are not told apart. */
const mostVariants = 32

/** What nearly every agent has says little: a literal in here is chosen only when there is no other. */
const everyday = [
  'mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/143.0.0.0 safari/537.36 edg/142.0.0.0',
  'mozilla/5.0 (linux; u; android 10; k; en-us) applewebkit/537.36 (khtml, like gecko) version/4.0 chrome/143.0.0.0 mobile safari/537.36',
  'mozilla/5.0 (iphone; cpu iphone os 18_6 like mac os x) applewebkit/605.1.15 (khtml, like gecko) version/26.1 mobile/15e148 safari/604.1',
  'mozilla/5.0 (macintosh; intel mac os x 10.15; rv:145.0) gecko/20100101 firefox/145.0 build/ tablet touch browser (compatible; ',
  'dalvik/2.1.0 (linux; u; android 13; sm- (x11; linux x86_64) smart-tv hbbtv/1.2.1 opera/9.80 profile/midp-2.0 configuration/cldc-1.1',
].join('\n')

/**
 * Each match contains one of them. undefined when nothing can be said, or nothing longer than one character.
 * @throws SyntaxError on syntax that it does not know
 */
export function requiredLiterals(source) {
  const reader = { source, at: 0, looks: false }
  const { texts, needs } = alternatives(reader)
  if (reader.at < source.length) throw new SyntaxError(`Unexpected ) in ${source}`)
  return better(needs, usable(texts))
}

/** How most models end: not within a longer word. */
const ending = '(?:[);/ ]|$)'

/** All the texts that an expression matches, and whether an ending must follow; undefined when it is not so simple. */
export function textsOf(source) {
  const ends = source.endsWith(ending)
  const reader = { source: ends ? source.slice(0, -ending.length) : source, at: 0, looks: false }
  // Before an ending `a|b` would leave the ending to b alone.
  const { texts } = ends ? sequence(reader) : alternatives(reader)
  if (!texts || reader.looks || reader.at < reader.source.length || texts.some((text) => text.length < 2))
    return undefined
  return { texts, ends }
}

/** Expressions of which at least one matches where this one does, and none where it does not. */
export function partsOf(source) {
  if (textsOf(source)) return [source]
  const branches = split(source, '|')
  if (branches.length > 1) return branches.flatMap((branch) => partsOf(branch))
  // `before(?:a|b)after` is `beforeaafter` or `beforebafter`.
  for (const { begin, end } of groups(source)) {
    const opening = source.startsWith('(?:', begin) ? 3 : source.startsWith('(?', begin) ? 0 : 1
    if (opening === 0 || /^[*+?{]/.test(source.slice(end))) continue
    const inner = split(source.slice(begin + opening, end - 1), '|')
    if (inner.length < 2 || source.slice(begin, end) === ending) continue
    return inner.flatMap((branch) => partsOf(`${source.slice(0, begin)}${branch}${source.slice(end)}`))
  }
  return [source]
}

/** Parts between a sign that stands in no group and no class. */
function split(source, sign) {
  const parts = ['']
  let depth = 0
  for (const [token] of tokens(source)) {
    if (token === '(') depth++
    else if (token === ')') depth--
    if (token === sign && depth === 0) parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts
}

/** The outer groups, from left to right: where each begins, and where what follows it does. */
function groups(source) {
  const found = []
  let depth = 0
  let at = 0
  let begin = 0
  for (const [token] of tokens(source)) {
    if (token === '(' && depth++ === 0) begin = at
    at += token.length
    if (token === ')' && --depth === 0) found.push({ begin, end: at })
  }
  return found
}

/** Characters, with escapes and classes whole. */
function tokens(source) {
  return source.matchAll(/\\.|\[\^?(?:\\.|[^\]\\])*\]|./gs)
}

// A piece of an expression: `texts` are all that it can match, when they are few; `needs` are literals of which
// each match has one, when some are known.

function alternatives(reader) {
  const pieces = [sequence(reader)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    pieces.push(sequence(reader))
  }
  if (pieces.length === 1) return pieces[0]
  const all = pieces.every(({ texts }) => texts) && distinct(pieces.flatMap(({ texts }) => texts))
  const needs = pieces.map(({ texts, needs }) => better(needs, usable(texts)))
  return {
    texts: all || undefined,
    needs: needs.every((literals) => literals) ? shortest(needs.flat()) : undefined,
  }
}

function sequence(reader) {
  let texts = ['']
  let needs
  let whole = true
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at])) {
    const piece = repeated(reader, single(reader))
    const product = piece.texts && piece.texts.length * texts.length <= mostVariants
    if (product) {
      texts = distinct(texts.flatMap((begin) => piece.texts.map((end) => begin + end)))
      continue
    }
    whole &&= texts.length === 1 && texts[0] === '' && piece.texts !== undefined && needs === undefined
    needs = better(better(needs, usable(texts)), piece.needs)
    texts = piece.texts ?? ['']
    if (!piece.texts) whole = false
  }
  return whole ? { texts, needs } : { texts: undefined, needs: better(needs, usable(texts)) }
}

function repeated(reader, piece) {
  const quantifier = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(reader.source.slice(reader.at, reader.at + 12))
  if (!quantifier) return piece
  reader.at += quantifier[0].length
  const [, sign, least, comma, most] = quantifier
  if (sign === '?' || (least === '0' && most === '1'))
    return { texts: piece.texts && distinct(['', ...piece.texts]), needs: undefined }
  const times = sign === '+' ? 1 : Number(least ?? 0)
  if (times === 0) return { texts: undefined, needs: undefined }
  if (least !== undefined && !comma && piece.texts && piece.texts.length ** times <= mostVariants) {
    let texts = ['']
    for (let time = 0; time < times; time++)
      texts = texts.flatMap((begin) => piece.texts.map((end) => begin + end))
    return { texts, needs: piece.needs }
  }
  return { texts: undefined, needs: better(piece.needs, usable(piece.texts)) }
}

function single(reader) {
  const { source } = reader
  const character = source[reader.at++]
  if (character === '(') return group(reader)
  if (character === '[') return characterClass(reader)
  if (character === '^' || character === '$') return looking(reader)
  if (character === '.') return anything
  if (character === '\\') return escaped(reader)
  return literal(character)
}

/** A piece that matches no characters, but asks what is around it. */
function looking(reader) {
  reader.looks = true
  return { texts: [''], needs: undefined }
}

const anything = { texts: undefined, needs: undefined }

function literal(character) {
  return character.charCodeAt(0) < 128 ? { texts: [character.toLowerCase()], needs: undefined } : anything
}

function escaped(reader) {
  const character = reader.source[reader.at++]
  if (/[bB]/.test(character)) return looking(reader)
  if (character === 'd') return { texts: [...'0123456789'], needs: undefined }
  if (/[wWsSD]/.test(character)) return anything
  if (/[a-zA-Z0-9]/.test(character))
    throw new SyntaxError(`Unknown escape \\${character} in ${reader.source}`)
  return literal(character)
}

function group(reader) {
  const { source } = reader
  const opening = /^\?(?::|<?[=!])/.exec(source.slice(reader.at, reader.at + 3))?.[0] ?? ''
  if (source[reader.at] === '?' && opening === '') throw new SyntaxError(`Unknown group in ${source}`)
  reader.at += opening.length
  const inner = alternatives(reader)
  if (source[reader.at++] !== ')') throw new SyntaxError(`A group is not closed in ${source}`)
  // What is only looked at is not part of the match.
  return opening === '' || opening === '?:' ? inner : looking(reader)
}

function characterClass(reader) {
  const { source } = reader
  const body = /^(\^?)((?:\\.|[^\]\\])*)\]/.exec(source.slice(reader.at))
  if (!body) throw new SyntaxError(`A class is not closed in ${source}`)
  reader.at += body[0].length
  if (body[1] || /\\[wWsSD]/.test(body[2])) return anything
  const texts = new Set()
  const members = body[2].replaceAll('\\d', '0-9').match(/\\?.(?:-\\?.)?/gs) ?? []
  for (const member of members) {
    const [, first, last] = /^\\?(.)(?:-\\?(.))?$/s.exec(member)
    for (let code = first.charCodeAt(0); code <= (last ?? first).charCodeAt(0); code++) {
      if (code > 127 || texts.size > mostVariants) return anything
      texts.add(String.fromCharCode(code).toLowerCase())
    }
  }
  return { texts: [...texts], needs: undefined }
}

function distinct(texts) {
  return [...new Set(texts)]
}

/** As literals that an agent can be looked through for. */
function usable(texts) {
  return texts?.every((text) => text.length > 1) ? shortest(texts) : undefined
}

/** Without those that contain another one. */
function shortest(literals) {
  const kept = []
  for (const candidate of distinct(literals).sort((a, b) => a.length - b.length))
    if (!kept.some((known) => candidate.includes(known))) kept.push(candidate)
  return kept
}

function better(one, other) {
  if (!one || !other) return one ?? other
  return weight(one) <= weight(other) ? one : other
}

/** How much of the agents is likely to have one of them. */
function weight(literals) {
  return literals.reduce((sum, text) => sum + (everyday.includes(text) ? 1 : 4 ** -text.length), 0)
}
