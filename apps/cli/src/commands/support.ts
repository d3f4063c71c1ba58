import {
  type HostAccountView,
  type SupportBundle,
  hostAccountSchema,
  pageSchema,
  recentLogSchema,
  scrubbed,
  supportBundleSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { Cli } from '../cli.js'
import { callJson, Http } from '../http.js'
import { readList } from '../pages.js'
import { writePrivate } from '../private-file.js'
import { knownServer } from '../settings.js'

/** A supervisor that hangs is waited for so long, ms. */
const IDLE_MS = 15_000
const FILE = 'obb-support.json'

export function registerSupport(program: Command, cli: Cli): void {
  program
    .command('support')
    .description(
      'a support bundle, one file to send to somebody who helps: how the server is, without secrets, names and addresses',
    )
    .option('-o, --output <file>', 'where it is written', FILE)
    .action(async ({ output }: { output: string }) => {
      const told = await cli.admin().get(['support'], supportBundleSchema)
      const bundle = { ...told, log: await recentLog(cli) }
      const file = resolve(cli.io.cwd, output)
      writePrivate(file, bundle)
      cli.print({ file }, () => `${file}\n${logNote(bundle)}\nRead it before you send it.`)
    })
}

/** The last warnings of every process that `npm start` runs here, scrubbed; null where it does not. */
async function recentLog(cli: Cli): Promise<SupportBundle['log']> {
  const control = knownServer(cli.io)?.control
  if (control === undefined) return null
  const http = new Http({ socketPath: control })
  try {
    const call = { method: 'GET', url: 'http://localhost/log', headers: {} } as const
    const log = await callJson(http, { ...call, signal: cli.io.signal, idleMs: IDLE_MS }, recentLogSchema)
    const names = await accountNames(cli)
    return Object.fromEntries(log.map(({ app, lines }) => [app, lines.map((line) => scrubbed(line, names))]))
  } finally {
    await http.destroy()
  }
}

/** What the operator's accounts are called at their hosts: which look like any word. */
async function accountNames(cli: Cli): Promise<string[]> {
  const shape = pageSchema(hostAccountSchema)
  const { items } = await readList<HostAccountView>(cli, { all: true }, ['accounts'], shape)
  return items.map(({ label }) => label)
}

const logNote = ({ log }: SupportBundle): string =>
  log === null
    ? 'There is no log in it: in containers `docker compose logs` has it.'
    : `Warnings of the log in it: ${Object.values(log).flat().length}.`
