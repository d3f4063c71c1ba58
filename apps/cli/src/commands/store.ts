import { type StoreView, storeViewSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { bytesOr, sheet } from '../output.js'

export function registerStore(program: Command, cli: Cli): void {
  const store = program.command('store').description('where the files lie')

  store
    .command('show')
    .description('whether it takes files, and whose it is')
    .action(async () => cli.print(await cli.admin().get(['store'], storeViewSchema), storeSheet))

  store
    .command('test')
    .description('have a fetcher write to it now and delete that again; 1 if it takes no files')
    .action(async () => {
      const view = await cli.admin().post(['store', 'test'], storeViewSchema)
      cli.print(view, storeSheet)
      if (view.state !== 'ok') cli.exitCode = 1
    })

  store
    .command('adopt')
    .description(
      'take the store of now for the right one: after a restore in place of the old installation, or with an empty bucket',
    )
    .action(async () => cli.print(await cli.admin().post(['store', 'adopt'], storeViewSchema), storeSheet))
}

function storeSheet(store: StoreView): string {
  return sheet([
    ['state', store.state],
    ['place', store.place],
    ['stored', bytesOr(store.stored, '-')],
    ['quota', bytesOr(store.quota, '-')],
    ['reason', store.reason],
    ['since', store.since],
    ['tried again', store.retryAt],
    ['room', bytesOr(store.room, '-')],
    ['waits for room', bytesOr(store.lacking, '-')],
    ['tested', store.testedAt],
    ['installation', store.installation],
    ['a copy of', store.copied.join(', ')],
  ])
}
