import type { KeyView } from '../api/portal-types.js'

/** Who used a key, as far as it is known. */
export function usedBy({ client, address }: NonNullable<KeyView['lastUsed']>): string {
  return [client, address].filter((part) => part !== '').join(' · ')
}
