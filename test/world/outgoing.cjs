// Loaded into a process by --require: notes every connection that it opens and every name that it looks up.

const { appendFileSync } = require('node:fs')
const dns = require('node:dns')
const net = require('node:net')

const note = (what) => appendFileSync(process.env.FOOTFALL_TEST_OUTGOING, `${what}\n`)

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  note(`connect ${options?.host ?? options?.path ?? JSON.stringify(options)}`)
  return connect.apply(this, args)
}
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  const original = dns[name]
  dns[name] = (host, ...rest) => {
    note(`${name} ${host}`)
    return original(host, ...rest)
  }
}
