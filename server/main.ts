// The command line: serve, and the commands that work on the data. Nothing else reads process.argv.

import { commands, runCommand } from './commands.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { serve } from './serve.ts'
import { MigrationError } from './store/migrations.ts'
import { StoreError } from './store/store.ts'
import { version } from './version.ts'

// What is kept is for its owner alone, whatever the account's habit is.
process.umask(0o077)
const [name = 'help', ...args] = process.argv.slice(2)

try {
  process.exitCode = await run(name, args)
} catch (error) {
  if (error instanceof ConfigError || error instanceof StoreError || error instanceof MigrationError) {
    console.error(error.message)
    process.exit(1)
  }
  console.error(error)
  process.exit(1)
}

async function run(name: string, args: string[]): Promise<number> {
  if (name === 'help' || name === '--help' || name === '-h') {
    console.log(help())
    return 0
  }
  if (name === 'version' || name === '--version') {
    console.log(version)
    return 0
  }
  if (name === 'serve') {
    if (args.length > 0) {
      console.error(
        'Usage: footfall serve\nIts settings come from the environment; docs/configuration.md lists them.',
      )
      return args[0] === '--help' ? 0 : 2
    }
    await serve(config())
    return 0
  }
  const command = commands.get(name)
  if (!command) {
    console.error(`There is no command ${name}.\n\n${help()}`)
    return 2
  }
  if (args.includes('--help')) {
    console.log(`Usage: footfall ${command.usage}`)
    return 0
  }
  const code = await runCommand(name, args, config(), terminal())
  // The embedded engine keeps threads of its own.
  process.exit(code)
}

function config(): Config {
  return readConfig(process.env)
}

function terminal() {
  const { stdout, stderr } = process
  const live = stderr.isTTY
  const clear = () => live && stderr.write('\r\x1b[K')
  return {
    line: (text: string) => {
      clear()
      stdout.write(`${text}\n`)
    },
    progress: (text: string) => {
      if (!live) return
      clear()
      stderr.write(text)
    },
  }
}

function help(): string {
  const rows = [...commands.values()].map(({ usage, summary }) => `  footfall ${usage}\n      ${summary}`)
  return [
    `Footfall ${version}: web analytics on your own server`,
    '',
    '  footfall serve\n      Collect hits and serve the dashboard',
    ...rows,
    '',
    'Settings come from the environment; docs/configuration.md lists them.',
  ].join('\n')
}
