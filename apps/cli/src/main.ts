import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { Cli, type GlobalFlags } from './cli.js'
import { registerAccount } from './commands/account.js'
import { registerAudit } from './commands/audit.js'
import { registerBlock } from './commands/block.js'
import { registerFakehost } from './commands/fakehost.js'
import { registerFile } from './commands/file.js'
import { registerGet } from './commands/get.js'
import { registerHost } from './commands/host.js'
import { registerKey } from './commands/key.js'
import { registerLedger } from './commands/ledger.js'
import { registerRestart } from './commands/restart.js'
import { registerSecrets } from './commands/secrets.js'
import { registerStore } from './commands/store.js'
import { registerUser } from './commands/user.js'
import { CliError } from './failure.js'
import type { Io } from './io.js'
import { printable } from './output.js'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/**
 * The command line. `argv` is without the names of node and the script. Resolves to the exit code: 0, 1 for
 * a failure, 2 for wrong usage, 130 when interrupted; errors stand on stderr, stdout holds results only.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const program = new Command('obb')
  program
    .description('Operate OBB and download through it.')
    .version(version)
    .option('--json', 'print one JSON document and nothing else on stdout')
    .option(
      '--api <url>',
      'base URL of the API that a command speaks to: the admin API (OBB_ADMIN_API), or that of users for get (OBB_API); default: those of $OBB_HOME/ready.json',
    )
    .option('--token <token>', 'admin token (OBB_ADMIN_TOKEN; default: that of $OBB_HOME/ready.json)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .exitOverride()
  const cli = new Cli(io, () => program.opts<GlobalFlags>())
  const registrations = [
    registerUser,
    registerKey,
    registerAccount,
    registerHost,
    registerLedger,
    registerAudit,
    registerFile,
    registerBlock,
    registerSecrets,
    registerRestart,
    registerStore,
    registerGet,
    registerFakehost,
  ]
  for (const register of registrations) register(program, cli)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    return report(error, io)
  } finally {
    await cli.close()
  }
}

function report(error: unknown, io: Io): number {
  // Commander has written its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const failure = error instanceof CliError ? error : systemFailure(error)
  if (failure === undefined) throw error
  const lines = [`obb: ${failure.message}`, ...failure.details.map((detail) => `  ${detail}`)]
  io.stderr.write(`${lines.map(printable).join('\n')}\n`)
  return failure.exitCode
}

/** A refusal of the operating system (no permission, disk full) is no fault of this program. */
function systemFailure(error: unknown): CliError | undefined {
  const { syscall, message } = error as NodeJS.ErrnoException
  return error instanceof Error && syscall !== undefined ? new CliError(message) : undefined
}
