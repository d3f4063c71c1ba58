import { restartedSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { callJson, Http } from '../http.js'
import { controlSocket } from '../settings.js'

/** Longest wait for all processes, each of which may take a minute to start, ms. */
const IDLE_MS = 600_000

export function registerRestart(program: Command, cli: Cli): void {
  program
    .command('restart')
    .description('replace every process of the server that runs here, one after the other; no client notices')
    .action(async () => {
      const socketPath = controlSocket(cli.io)
      const http = new Http({ socketPath })
      try {
        const call = { method: 'POST', url: 'http://localhost/restart', headers: {} } as const
        const { signal } = cli.io
        cli.print(await callJson(http, { ...call, signal, idleMs: IDLE_MS }, restartedSchema), (restarted) =>
          restarted.map(({ app, processes }) => `${app}: ${processes} replaced`).join('\n'),
        )
      } finally {
        await http.destroy()
      }
    })
}
