import {
  MAX_CHECKED_URLS,
  type AccountAnswer,
  type CheckedUrl,
  type ExpandAnswer,
  type ExplainAnswer,
  type GateAnswer,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { Portal } from '../get/portal.js'
import { silent } from '../get/progress.js'
import { several } from '../options.js'
import { actionsBelow, bytesOr, formatBytes, formatSeconds, sheet, table } from '../output.js'
import { userEndpoint } from '../settings.js'
import { linksOf } from '../links.js'

export const KEY = [
  '--key <key>',
  'API key (OBB_KEY; default: that of `account login`, or of $OBB_HOME/ready.json)',
] as const
export const INPUT = [
  '-i, --input-file <path>',
  'a file with a link a line, `-` for standard input; repeatable',
  several,
] as const

interface KeyOption {
  key?: string
}

/** The API as a user has it. */
export function portalOf(cli: Cli, key: string | undefined): Portal {
  const { io, http, flags } = cli
  const endpoint = userEndpoint(io, {
    ...(flags.api === undefined ? {} : { api: flags.api }),
    ...(key === undefined ? {} : { secret: key }),
  })
  return new Portal(endpoint, http, io.clock, io.signal, silent)
}

export function registerCheck(program: Command, cli: Cli): void {
  program
    .command('check [urls...]')
    .description('whether files are there, and what they would cost; charges nothing')
    .option(...KEY)
    .option(...INPUT)
    .action(async (urls: string[], { key, inputFile }: KeyOption & { inputFile?: string[] }) => {
      const links = await linksOf(cli.io, urls, inputFile)
      const portal = portalOf(cli, key)
      const results: CheckedUrl[] = []
      for (let at = 0; at < links.length; at += MAX_CHECKED_URLS) {
        results.push(...(await portal.check(links.slice(at, at + MAX_CHECKED_URLS))))
      }
      cli.print({ results }, () => {
        const checked = table(results, [
          { title: 'file', cell: (r) => r.availability },
          { title: 'size', cell: (r) => sizeOf(r.filesize), right: true },
          { title: 'cost', cell: (r) => bytesOr(r.cost, 'unknown'), right: true },
          { title: 'name', cell: (r) => r.filename },
          { title: 'status', cell: (r) => r.status, right: true },
          { title: 'what it says', cell: (r) => r.msg },
          { title: 'link', cell: (r) => r.url },
        ])
        return checked + actionsBelow(results)
      })
    })
}

export function registerExpand(program: Command, cli: Cli): void {
  program
    .command('expand <url>')
    .description('the links in a folder')
    .option(...KEY)
    .option('--password <password>', 'password of the folder')
    .action(async (url: string, { key, password }: KeyOption & { password?: string }) => {
      const answer = await portalOf(cli, key).expand(url, password)
      const { links } = answer
      const isLacking = links.some(({ missing_bytes: missing }) => missing !== undefined)
      cli.print(answer, () =>
        table(links, [
          { title: 'kind', cell: (l) => l.kind },
          { title: 'size', cell: (l) => sizeOf(l.filesize), right: true },
          ...(isLacking ? [{ title: 'lacks', cell: lacks, right: true }] : []),
          { title: 'name', cell: (l) => l.filename },
          { title: 'link', cell: (l) => l.url },
        ]),
      )
    })
}

const lacks = ({ missing_bytes: missing }: ExpandAnswer['links'][number]): string =>
  missing === undefined ? '' : formatBytes(missing)

export function registerExplain(program: Command, cli: Cli): void {
  program
    .command('explain <url>')
    .description('what stands between you and a file, and when it clears; charges nothing')
    .option(...KEY)
    .action(async (url: string, { key }: KeyOption) => {
      cli.print(await portalOf(cli, key).explain(url), explanation)
    })
}

/** `obb account` alone: what the user's own key may use. */
export async function showOwnAccount(cli: Cli, key: string | undefined): Promise<void> {
  cli.print(await portalOf(cli, key).account(), accountSheet)
}

const sizeOf = (digits: string | null): string | null =>
  digits === null ? null : formatBytes(Number(digits))

function explanation(answer: ExplainAnswer): string {
  const head = sheet([
    ['allowed', answer.allowed],
    ['what it says', answer.msg],
    ['what to do', answer.action],
    ['try again in', answer.retry_in_seconds && formatSeconds(answer.retry_in_seconds)],
    ['platform', answer.platform],
    ['name', answer.filename],
    ['size', sizeOf(answer.filesize)],
    ['cost', bytesOr(answer.cost, 'unknown')],
  ])
  const gates = table(answer.gates, [
    { title: 'gate', cell: (g) => g.gate },
    { title: 'passes', cell: (g) => g.pass },
    { title: 'status', cell: (g) => g.status, right: true },
    { title: 'used', cell: (g) => usedOf(g), right: true },
    {
      title: 'clears in',
      cell: (g) => g.clears_in_seconds && formatSeconds(g.clears_in_seconds),
      right: true,
    },
    { title: 'what it says', cell: (g) => g.msg },
  ])
  return `${head}\n\n${gates}`
}

/** Links with the gate `slots`, else bytes. */
function usedOf({ gate, used, max }: GateAnswer): string | null {
  if (used === undefined) return null
  const text = (value: number) => (gate === 'slots' ? String(value) : formatBytes(value))
  return max === undefined || max === null ? text(used) : `${text(used)} of ${text(max)}`
}

function accountSheet(account: AccountAnswer): string {
  const head = sheet([
    ['traffic left', formatBytes(account.trafficleft)],
    ['traffic granted', formatBytes(account.trafficmax)],
    ['per host and day', account.trafficmax_daily === 0 ? 'no cap' : formatBytes(account.trafficmax_daily)],
    ['expires in', account.timeleft === null ? 'never' : formatSeconds(account.timeleft)],
  ])
  const { limits = [] } = account
  if (limits.length === 0) return head
  const platforms = table(limits, [
    { title: 'platform', cell: (l) => l.platform },
    { title: 'used in 24 h', cell: (l) => formatBytes(l.used), right: true },
    { title: 'of', cell: (l) => bytesOr(l.max, 'no cap'), right: true },
    { title: 'frees up', cell: (l) => (l.resets_at === null ? null : new Date(l.resets_at).toISOString()) },
  ])
  return `${head}\n\n${platforms}`
}
