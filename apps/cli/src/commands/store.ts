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
    .command('adopt')
    .description(
      'take the store of now for the right one: after a restore in place of the old installation, or with an empty bucket',
    )
    .action(async () => cli.print(await cli.admin().post(['store', 'adopt'], storeViewSchema), storeSheet))
}

function storeSheet(store: StoreView): string {
  return sheet([
    ['state', store.state],
    ['reason', store.reason],
    ['since', store.since],
    ['tried again', store.retryAt],
    ['room', bytesOr(store.room, '-')],
    ['waits for room', bytesOr(store.lacking, '-')],
    ['installation', store.installation],
    ['a copy of', store.copied.join(', ')],
  ])
}
