// Texts that have broken programs: at the limits of numbers, half of a character, control characters, addresses and
// JSON that are none; and the agents of browsers, so that they come far.

export const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/26.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
]

export const strangeTexts = [
  ...numbers(),
  // What languages take for something else.
  ...['', 'true', 'false', 'null', 'undefined', 'NaN', 'Infinity', '[object Object]', '__proto__', '\\N'],
  ...[' ', '\\', "'", '"', '";--'],
  // Halves of surrogate pairs, and characters that are none.
  ...['\ud800', '\udc00', '\udfff\ud800', 'a\ud83d', '\ude00z', '\ufeff', '\uffff', '\u2028\u2029'],
  // Unseen characters, and such as grow in UTF-8 or in lower case.
  ...['\u202eabc\u202c', '\u200b\u200d\u2060', '😀'.repeat(600), 'ä'.repeat(600), 'İ'.repeat(400)],
  ...['ﬃ'.repeat(500), '٣'],
  // Control characters, and a lot of one.
  ...['\u0000', '\r\n', 'a\nb\tc\u000bd', '\u001b[31m', '\u007f', '\u0085\u009f', '\n'.repeat(5000)],
  ...[' '.repeat(9000), 'x'.repeat(9000)],
  ...addresses(),
  // JSON, dates and what looks like them.
  ...['{}', '[]', '{"a":', '{"__proto__":{"x":1}}', '['.repeat(4000), '{"brands":'.repeat(300)],
  ...['0000-00-00', '275760-09-13', '1969-12-31T23:59:59Z', '2026-11-22T23:59:60Z', '9999999999'],
]

function numbers(): string[] {
  const limits = [255, 256, 65535, 65536, 2147483647, 2147483648, 4294967295, 4294967296].map(String)
  const wide = ['9007199254740993', '18446744073709551615', '18446744073709551616', '9'.repeat(400)]
  const spelt = ['0', '1', '-1', '00', '+1', '1.5', '1e3', '1e400', '-1e400', '0x10', '0000000001']
  return [...limits, ...wide, ...spelt]
}

function addresses(): string[] {
  return [
    '//',
    'https://',
    'https://@',
    'https://[',
    'https://[::1',
    'https://example.org:99999999/',
    'HTTP://EXAMPLE.ORG',
    'javascript://%0aalert(1)',
    '1.2.3.4:80',
    '//x'.padEnd(1100, 'y'),
    `https://${'a.'.repeat(800)}`,
    `https://example.org/${'%'.repeat(1100)}`,
    `https://example.org/?${'&'.repeat(3000)}`,
    `https://example.org/?q=${'İ'.repeat(500)}`,
    'https://example.org/?utm_campaign=%F0%9F',
    `https://google.com/search?q=${'%C4%B0'.repeat(250)}`,
  ]
}
