// Network addresses: shortened before anything is kept of them, and compared with the owner's exclusions before
// that. What cannot be read as an address becomes nothing at all: it might be one in disguise.

import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** How many of an IPv6 address's 16 bytes go, by the number of bytes that go of an IPv4 address. */
const maskedBytesOfIPv6 = [0, 8, 10, 13, 16] as const

/** What nearly all addresses look like, for which no library is needed. */
const plainIPv4 = new RegExp(`^${Array(4).fill('(\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])').join('\\.')}$`)

/**
 * Sets the end of an address to zero: `maskedBytes` (0 to 4) bytes of IPv4; 0, 64, 80, 104 or 128 bits of IPv6.
 * IPv6 addresses that only wrap an IPv4 address (mapped, 6to4) are treated as that one. Ports and zones are cut.
 * @returns the canonical form, or '' when it is no address.
 */
export function shortenAddress(address: string, maskedBytes: number): string {
  const level = Math.trunc(Math.min(4, Math.max(0, maskedBytes))) || 0
  const plain = plainIPv4.exec(address)
  if (plain) {
    const [, ...bytes] = plain
    return bytes.fill('0', 4 - level).join('.')
  }
  const parsed = parseAddress(address)
  if (!parsed) return ''
  const bytes = parsed.toByteArray()
  bytes.fill(0, bytes.length - (parsed.kind() === 'ipv4' ? level : (maskedBytesOfIPv6[level] ?? 16)))
  return ipaddr.fromByteArray(bytes).toString()
}

/**
 * A test for the addresses that `rules` name: single ones, IPv4 with `*` for whole bytes (`10.1.*.*`), networks
 * (`10.0.0.0/8`, `2001:db8::/32`). Rules that cannot be read match nothing; `addressRuleError` finds them.
 */
export function compileAddressRules(rules: readonly string[]): (address: string) => boolean {
  const tests = rules.map(compileRule).filter((test) => test !== undefined)
  if (tests.length === 0) return () => false
  return (address) => {
    const parsed = parseAddress(address)
    return parsed !== undefined && tests.some((test) => test(parsed))
  }
}

/** What is wrong with a rule, as a sentence for the owner; undefined when nothing is. */
export function addressRuleError(rule: string): string | undefined {
  if (compileRule(rule)) return undefined
  return `"${rule}" is neither an address, nor one with * for its last bytes (10.1.*.*), nor a network (10.0.0.0/8).`
}

function parseAddress(text: string): Address | undefined {
  if (text.length > 100) return undefined
  let address = text.trim()
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(address)
  if (bracketed) address = bracketed[1] ?? ''
  else if (/^[\d.]+:\d{1,5}$/.test(address)) address = address.slice(0, address.indexOf(':'))
  const zone = address.indexOf('%')
  if (zone > 0) address = address.slice(0, zone)
  if (!address.includes(':')) {
    // Not 127.1, 0x7f000001 or 010.0.0.1, which the library would read as IPv4.
    return ipaddr.IPv4.isValidFourPartDecimal(address) ? ipaddr.IPv4.parse(address) : undefined
  }
  if (!ipaddr.IPv6.isValid(address)) return undefined
  const parsed = ipaddr.IPv6.parse(address)
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address()
  // 6to4: bytes 2 to 5 are somebody's whole IPv4 address, which no mask of IPv6 hides.
  if (parsed.parts[0] === 0x2002) return new ipaddr.IPv4(parsed.toByteArray().slice(2, 6))
  return parsed
}

function compileRule(rule: string): ((address: Address) => boolean) | undefined {
  const text = rule.trim()
  if (text.includes('/')) return compileNetwork(text)
  if (text.includes('*')) return compileWildcard(text)
  const single = parseAddress(text)?.toString()
  return single === undefined ? undefined : (address) => address.toString() === single
}

function compileNetwork(text: string): ((address: Address) => boolean) | undefined {
  const [base = '', length = '', ...rest] = text.split('/')
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined
  const mapped =
    base.includes(':') && ipaddr.IPv6.isValid(base) && ipaddr.IPv6.parse(base).isIPv4MappedAddress()
  const network = mapped || !base.includes(':') ? parseAddress(base) : ipv6(base)
  const bits = mapped ? Number(length) - 96 : Number(length)
  if (!network || bits < 0 || bits > (network.kind() === 'ipv4' ? 32 : 128)) return undefined
  return (address) => address.kind() === network.kind() && address.match(network, bits)
}

function ipv6(text: string): ipaddr.IPv6 | undefined {
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined
}

function compileWildcard(text: string): ((address: Address) => boolean) | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  if (!parts.every((part) => part === '*' || (/^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))) {
    return undefined
  }
  const wanted = parts.map((part) => (part === '*' ? undefined : Number(part)))
  return (address) =>
    address.kind() === 'ipv4' &&
    address
      .toByteArray()
      .every((byte, position) => wanted[position] === undefined || wanted[position] === byte)
}
