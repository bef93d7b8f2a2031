// Loaded into a process by --require: the disk has as many bytes free as a file says.

const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

fs.promises.statfs = async () => ({
  bsize: 1,
  bavail: Number(fs.readFileSync(process.env.FOOTFALL_TEST_FREE, 'utf8')),
})
syncBuiltinESMExports()
