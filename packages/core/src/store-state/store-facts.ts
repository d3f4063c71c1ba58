import type { ObjectStore } from '../storage/index.js'
import type { Installation } from './installation.js'
import { type StoreHealth, stateWord } from './store-health.js'

/** What somebody who only reads from the store wants to know of it. */
export interface StoreFacts {
  /** In one word; `wrong` also where only the asker's own store is. Raises StoreError. */
  state(): Promise<ReturnType<typeof stateWord>>
  /** Whether the files of this installation lie in it: then what is not there is lost. Raises StoreError. */
  isOurs(): Promise<boolean>
}

export function storeFacts(
  store: Pick<ObjectStore, 'head'>,
  health: StoreHealth,
  installation: Installation,
): StoreFacts {
  const isOurs = async (): Promise<boolean> => (await installation.liesIn(store)) !== 'no'
  return {
    isOurs,
    state: async () => ((await isOurs()) ? stateWord(await health.state()) : 'wrong'),
  }
}
