import { readFileSync } from 'node:fs'
import { Command, CommanderError, Help, type Option } from 'commander'
import { Cli, type GlobalFlags } from './cli.js'
import { addExamples } from './examples.js'
import { CliError, failureView } from './failure.js'
import type { Io } from './io.js'
import { failureText } from './output.js'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

type Register = (program: Command, cli: Cli) => void

/** Each is loaded when it is called, or when all are told. */
export const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  user: async () => (await import('./commands/user.js')).registerUser,
  invite: async () => (await import('./commands/invite.js')).registerInvite,
  key: async () => (await import('./commands/key.js')).registerKey,
  account: async () => (await import('./commands/account.js')).registerAccount,
  host: async () => (await import('./commands/host.js')).registerHost,
  hosts: async () => (await import('./commands/hosts.js')).registerHosts,
  queue: async () => (await import('./commands/queue.js')).registerQueue,
  fetchers: async () => (await import('./commands/queue.js')).registerFetchers,
  streams: async () => (await import('./commands/streams.js')).registerStreams,
  usage: async () => (await import('./commands/usage.js')).registerUsage,
  nzb: async () => (await import('./commands/nzb.js')).registerNzb,
  ledger: async () => (await import('./commands/ledger.js')).registerLedger,
  audit: async () => (await import('./commands/audit.js')).registerAudit,
  file: async () => (await import('./commands/file.js')).registerFile,
  block: async () => (await import('./commands/block.js')).registerBlock,
  secrets: async () => (await import('./commands/secrets.js')).registerSecrets,
  backup: async () => (await import('./commands/backup.js')).registerBackup,
  restore: async () => (await import('./commands/backup.js')).registerRestore,
  restart: async () => (await import('./commands/restart.js')).registerRestart,
  store: async () => (await import('./commands/store.js')).registerStore,
  status: async () => (await import('./commands/status.js')).registerStatus,
  maintenance: async () => (await import('./commands/maintenance.js')).registerMaintenance,
  mail: async () => (await import('./commands/mail.js')).registerMail,
  notifications: async () => (await import('./commands/notifications.js')).registerNotifications,
  doctor: async () => (await import('./commands/doctor.js')).registerDoctor,
  settings: async () => (await import('./commands/settings.js')).registerSettings,
  support: async () => (await import('./commands/support.js')).registerSupport,
  check: async () => (await import('./commands/inquiry.js')).registerCheck,
  expand: async () => (await import('./commands/inquiry.js')).registerExpand,
  explain: async () => (await import('./commands/inquiry.js')).registerExplain,
  completion: async () => (await import('./commands/completion.js')).registerCompletion,
  links: async () => (await import('./commands/links.js')).registerLinks,
  share: async () => (await import('./commands/share.js')).registerShare,
  get: async () => (await import('./commands/get.js')).registerGet,
  fakehost: async () => (await import('./commands/fakehost.js')).registerFakehost,
}

const WITH_VALUE = ['--api', '--token']

/** The names of the commands that a run needs to know. */
function needed(argv: readonly string[]): string[] {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (Object.hasOwn(COMMANDS, word) && word !== 'completion') return [word]
    if (WITH_VALUE.includes(word)) at++
    else if (word === '--version' || word === '-V') return []
    else if (!word.startsWith('--') || word === '--help') break
  }
  return Object.keys(COMMANDS)
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
      'base URL of the API that a command speaks to: that of users where it takes a --key (OBB_API; default: that of `account login`, or of $OBB_HOME/ready.json), else the admin API (OBB_ADMIN_API; default: that of $OBB_HOME/ready.json)',
    )
    .option('--token <token>', 'admin token (OBB_ADMIN_TOKEN; default: that of $OBB_HOME/ready.json)')
    .configureHelp({ showGlobalOptions: true, optionDescription })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'obb: ')),
    })
    .exitOverride()
  const cli = new Cli(io, () => program.opts<GlobalFlags>())
  try {
    const registers = await Promise.all(needed(argv).map((name) => COMMANDS[name]?.()))
    for (const register of registers) register?.(program, cli)
    addExamples(program)
    await program.parseAsync([...argv], { from: 'user' })
    return cli.exitCode
  } catch (error) {
    return report(error, cli, argv.includes('--json'))
  } finally {
    await cli.close()
  }
}

/** As commander tells it; one that must be given says so. */
function optionDescription(option: Option): string {
  const text = new Help().optionDescription(option)
  return option.mandatory ? `${text} (required)` : text
}

/** Tells a failure on stderr, and with `--json` on stdout too, unless a result stands there already. */
function report(error: unknown, { io, hasPrinted }: Cli, asJson: boolean): number {
  const isUsage = error instanceof CommanderError
  if (isUsage && error.exitCode === 0) return 0
  const failure = isUsage
    ? new CliError(usageText(error), 2)
    : error instanceof CliError
      ? error
      : systemFailure(error)
  if (failure === undefined) throw error
  if (asJson && !hasPrinted) io.stdout.write(`${JSON.stringify({ error: failureView(failure) })}\n`)
  // Commander has written its own message already.
  if (!isUsage) io.stderr.write(failureText(failure))
  return failure.exitCode
}

/** Commander tells help that nobody has asked for as an error. */
function usageText({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'no command is given' : message.replace(/^error: /, '')
}

/** A refusal of the operating system (no permission, disk full) is no fault of this program. */
function systemFailure(error: unknown): CliError | undefined {
  const { syscall, message } = error as NodeJS.ErrnoException
  return error instanceof Error && syscall !== undefined ? new CliError(message) : undefined
}
