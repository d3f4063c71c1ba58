import type { Downloads } from '@obb/core/links'
import {
  DATABASE_ACTION,
  type Probe,
  raiseInWords,
  raiseStoreError,
  storeAction,
  storeDetail,
} from '@obb/core/readiness'
import type { ObjectStore } from '@obb/core/storage'
import type { StoreFacts } from '@obb/core/store-state'

/** Well-formed, and no link: looking it up asks the database and finds nothing. */
const NO_LINK = '0'.repeat(16)

/** Looking links up, as a download does it. */
export const downloadsProbe = (downloads: Pick<Downloads, 'find'>): Probe => ({
  name: 'database',
  action: DATABASE_ACTION,
  async look() {
    await downloads.find(NO_LINK).catch(raiseInWords)
    return undefined
  },
})

/** The store of this process: whether it answers, whether it takes new files, and its free space. */
export const servedStoreProbe = (store: Pick<ObjectStore, 'ping'>, facts: StoreFacts): Probe => ({
  name: 'store',
  viaDatabase: true,
  action: storeAction('away', null),
  async look() {
    const [state] = await Promise.all([
      facts.state().catch(raiseStoreError),
      store.ping().catch(raiseStoreError),
    ])
    return storeDetail(state)
  },
})
