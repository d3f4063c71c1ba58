import {
  type StatusPageUpdate,
  type StatusPageView,
  statusPageUpdateSchema,
  statusPageViewSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody, isoTime } from '../options.js'
import { sheet } from '../output.js'

interface OnOptions {
  note?: string
  zhTw?: string
  until?: string
  ends?: true
}

export function registerMaintenance(program: Command, cli: Cli): void {
  const maintenance = program
    .command('maintenance')
    .description('take no new links for a while; what was taken goes on, and so do downloads')
  const change = async (update: StatusPageUpdate) => {
    const body = checkedBody(statusPageUpdateSchema, update)
    cli.print(await cli.admin().patch(['status-page'], statusPageViewSchema, body), maintenanceSheet)
  }

  maintenance
    .command('on')
    .description('refuse new links, which clients then ask for again by themselves, and tell everybody')
    .option('--note <text>', 'what everybody is told of it')
    .option('--zh-tw <text>', 'the same in Traditional Chinese')
    .option('--until <iso>', 'when it is expected to be over', isoTime)
    .option('--ends', 'it ends by itself then')
    .action(async ({ note, zhTw, until, ends }: OnOptions) => {
      const texts = { ...(note !== undefined && { en: note }), ...(zhTw !== undefined && { 'zh-TW': zhTw }) }
      await change({
        maintenance: {
          ...(Object.keys(texts).length > 0 && { note: texts }),
          ...(until !== undefined && { until }),
          endsByItself: ends === true,
        },
      })
    })

  maintenance
    .command('off')
    .description('take new links again')
    .action(() => change({ maintenance: null }))

  maintenance
    .command('show')
    .description('whether there is one, since when, and until when')
    .action(async () =>
      cli.print(await cli.admin().get(['status-page'], statusPageViewSchema), maintenanceSheet),
    )
}

function maintenanceSheet({ maintenance }: StatusPageView): string {
  if (maintenance === null) return sheet([['maintenance', 'off']])
  const { since, until, endsByItself, note } = maintenance
  return sheet([
    ['maintenance', 'on'],
    ['since', since],
    ['until', until],
    ['ends', endsByItself ? 'by itself' : 'by ./obb maintenance off'],
    ...Object.entries(note ?? {}),
  ])
}
