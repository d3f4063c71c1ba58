import { type KeyChange, type KeyShown, type KeyView, REFUSALS, isRefusalCause } from '@obb/contracts'
import type { ApiKey, KeySettings, MadeKey } from '@obb/core/accounts'

export function keyView(key: ApiKey): KeyView {
  const { id, name, scopes, networks, errorsAs200, createdAt, expiresAt } = key
  const { lastUsedAt, lastUsedClient, lastUsedAddress } = key
  return {
    ...{ id, name, scopes, networks, errorsAs200 },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsed: lastUsedAt && {
      at: lastUsedAt.toISOString(),
      client: lastUsedClient ?? '',
      address: lastUsedAddress ?? '',
    },
    lastError: lastErrorOf(key),
  }
}

/** Null also where another version of OBB knew the cause. */
function lastErrorOf({ lastRefusal: cause, lastRefusedAt: at }: ApiKey): KeyView['lastError'] {
  if (at === null || !isRefusalCause(cause)) return null
  const { status, msg } = REFUSALS[cause]
  return { at: at.toISOString(), status, msg }
}

export function keyShown({ key, apiKey }: MadeKey): KeyShown {
  return { ...keyView(key), apiKey }
}

/** What a request sets, without what it leaves out. */
export function keySettings({
  name,
  scopes,
  networks,
  expiresAt,
  errorsAs200,
}: KeyChange): Partial<KeySettings> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(scopes === undefined ? {} : { scopes: [...new Set(scopes)] }),
    ...(networks === undefined ? {} : { networks: [...new Set(networks)] }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
    ...(errorsAs200 === undefined ? {} : { errorsAs200 }),
  }
}
