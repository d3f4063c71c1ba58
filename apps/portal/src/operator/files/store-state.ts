import type { StoreStateWord } from '@obb/contracts'
import { m } from '../../shared/text.js'

export function storeTitle(state: StoreStateWord): string {
  switch (state) {
    case 'ok':
      return m.admin_store_ok()
    case 'full':
      return m.admin_store_full()
    case 'away':
      return m.admin_store_away()
    case 'wrong':
      return m.admin_store_wrong()
  }
}

/** What to do about it; undefined where there is nothing to do. */
export function storeNext(state: StoreStateWord): string | undefined {
  switch (state) {
    case 'ok':
      return undefined
    case 'full':
      return m.admin_store_full_next()
    case 'away':
      return m.admin_store_away_next()
    case 'wrong':
      return m.admin_store_wrong_next()
  }
}

export const STORE_COLORS: Record<StoreStateWord, string> = {
  ok: 'green',
  full: 'orange',
  away: 'red',
  wrong: 'red',
}
