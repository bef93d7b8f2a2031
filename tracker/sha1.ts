// The first four hexadecimal digits of the SHA-1 of an ASCII text: all that matomo.js takes of it to name its
// cookies; nothing is protected by it. The browser's own SHA-1 is asynchronous, and missing on pages by http.

type Words = number[] & [number, number, number, number, number]

export function sha1Start(text: string): string {
  const length = (((text.length + 8) >> 6) + 1) * 16
  const words = Array(length).fill(0) as Words
  // The end of the text is marked by one more bit.
  for (let at = 0; at <= text.length; at++) {
    words[at >> 2] = (words[at >> 2] as number) | ((text.charCodeAt(at) || 128) << (24 - (at % 4) * 8))
  }
  words[length - 1] = text.length * 8

  let hash = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as Words
  for (let start = 0; start < length; start += 16) {
    let [a, b, c, d, e] = hash
    const block: number[] = []
    for (let round = 0; round < 80; round++) {
      const word = (back: number): number => block[round - back] as number
      block[round] =
        round < 16 ? (words[start + round] as number) : rotate(word(3) ^ word(8) ^ word(14) ^ word(16), 1)
      const stage = Math.floor(round / 20)
      const mixed = stage === 0 ? (b & c) | (~b & d) : stage === 2 ? (b & c) | (d & (b | c)) : b ^ c ^ d
      // The constants of the standard are square roots: of 2, 3, 5 and 10, times 2 to the 30th.
      const root = Math.sqrt([2, 3, 5][stage] || 10)
      ;[a, b, c, d, e] = [
        (rotate(a, 5) + mixed + e + word(0) + Math.floor(root * 2 ** 30)) | 0,
        a,
        rotate(b, 30),
        c,
        d,
      ]
    }
    hash = [hash[0] + a, hash[1] + b, hash[2] + c, hash[3] + d, hash[4] + e]
  }
  return (((hash[0] >>> 16) & 0xffff) + 0x10000).toString(16).slice(1)
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by))
}
