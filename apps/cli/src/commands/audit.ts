import { type AuditEntryView, auditPageSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { count, isoTime } from '../options.js'
import { table } from '../output.js'

/** Of a page that the API gives. */
const ROWS = 100

interface AuditOptions {
  who?: string
  what?: string
  since?: string
  limit?: number
  after?: string
}

export function registerAudit(program: Command, cli: Cli): void {
  program
    .command('audit')
    .description('what operators changed and who was not let in, the newest first')
    .option('--who <text>', 'the beginning of who it was ("token 1a2b", "key 9f86") or of the address')
    .option('--what <text>', 'a part of the route, or of what was changed: an e-mail, an id, a platform')
    .option('--since <time>', 'an ISO date or time', isoTime)
    .option('--limit <n>', `rows at most (default: ${ROWS}; 1000 at most)`, count)
    .option('--after <cursor>', 'go on where an earlier list ended')
    .action(async ({ limit, ...options }: AuditOptions) => {
      const query = { ...options, ...(limit !== undefined && { limit: String(limit) }) }
      cli.print(await cli.admin().get(['audit'], auditPageSchema, query), ({ items, next }) => {
        const rows = table(items, [
          { title: 'time', cell: (e) => e.at },
          { title: 'who', cell: (e) => e.who },
          { title: 'from', cell: (e) => e.address },
          { title: 'what', cell: (e) => e.action },
          { title: 'of', cell: (e) => e.target },
          { title: 'outcome', cell: outcomeOf },
          { title: 'changes', cell: changesOf },
        ])
        return next === null ? rows : `${rows}\n\nThere is more: --after ${next}`
      })
    })
}

function outcomeOf({ kind, outcome, count: attempts }: AuditEntryView): string {
  if (kind === 'auth_failure') return attempts === 1 ? 'not let in' : `not let in, ${attempts} times`
  return outcome ?? 'unknown'
}

/** `trafficMax: 0 → 5` */
function changesOf({ changes }: AuditEntryView): string {
  return Object.entries(changes ?? {})
    .map(([name, [before, after]]) => `${name}: ${textOf(before)} → ${textOf(after)}`)
    .join(', ')
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
