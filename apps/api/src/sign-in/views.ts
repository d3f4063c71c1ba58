import type { PasskeyView, SessionList } from '@obb/contracts'
import type { Passkey, Session } from '@obb/core/sign-in'

/** `current`: id of the session that asks. */
export function sessionViews(sessions: readonly Session[], current: string): SessionList {
  return sessions.map(({ id, client, address, createdAt, seenAt }) => ({
    ...{ id, client, address, current: id === current },
    ...{ createdAt: createdAt.toISOString(), seenAt: seenAt.toISOString() },
  }))
}

export const passkeyView = ({ id, name, rpId, createdAt, lastUsedAt }: Passkey): PasskeyView => ({
  ...{ id, name, rpId },
  ...{ createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null },
})
