import {
  type StatusPageUpdate,
  type StatusPageView,
  statusPageUpdateSchema,
  statusPageViewSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../failure.js'
import { checkedBody } from '../options.js'
import { sheet } from '../output.js'

interface AnnounceOptions {
  zhTw?: string
  over?: true
}

export function registerStatus(program: Command, cli: Cli): void {
  const status = program
    .command('status')
    .description('what everybody may know: the page /status, announcements')
  const change = async (update: StatusPageUpdate) => {
    const body = checkedBody(statusPageUpdateSchema, update)
    cli.print(await cli.admin().patch(['status-page'], statusPageViewSchema, body), pageSheet)
  }

  status
    .command('show')
    .description('whether the page is published, and what is announced')
    .action(async () => cli.print(await cli.admin().get(['status-page'], statusPageViewSchema), pageSheet))

  status
    .command('publish')
    .description('let everybody see how hosts do, at /status')
    .action(() => change({ published: true }))

  status
    .command('unpublish')
    .description('take the page back')
    .action(() => change({ published: false }))

  status
    .command('announce [text]')
    .description('say something to everybody who is signed in, and on the page where it is published')
    .option('--zh-tw <text>', 'the same in Traditional Chinese')
    .option('--over', 'announce nothing any more')
    .action(async (text: string | undefined, { zhTw, over }: AnnounceOptions) => {
      if ((text === undefined && zhTw === undefined) !== (over === true))
        throw new UsageError('Give a text, or --over to announce nothing any more.')
      const texts = { ...(text !== undefined && { en: text }), ...(zhTw !== undefined && { 'zh-TW': zhTw }) }
      await change({ announcement: over ? null : texts })
    })
}

function pageSheet({ published, announcement }: StatusPageView): string {
  return sheet([
    ['published', published ? 'yes' : 'no'],
    ['announced since', announcement?.since ?? '-'],
    ...Object.entries(announcement?.texts ?? {}).map(([language, text]): [string, string] => [
      language,
      text,
    ]),
  ])
}
