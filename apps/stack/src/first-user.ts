import {
  ADMIN_API,
  EXTERNAL_API,
  PORTAL_API,
  type UserCreate,
  sessionSchema,
  userCreatedSchema,
} from '@obb/contracts'

/** The user of the first start. */
export const FIRST_USER = { email: 'user@obb.local', traffic: 1e12 } satisfies UserCreate

const LIMIT_MS = 10_000

/** Its key; empty if the user exists already and the key is not known any more. */
export async function createFirstUser(admin: string, adminToken: string): Promise<string> {
  const response = await fetch(`${admin}${ADMIN_API}/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(FIRST_USER),
    signal: AbortSignal.timeout(LIMIT_MS),
  })
  const body = (await response.json()) as { data?: unknown }
  if (response.status === 409) return ''
  if (!response.ok) throw new Error(`The first user could not be created (HTTP ${response.status}).`)
  return userCreatedSchema.parse(body.data).apiKey
}

/** Whether a key is one still: 401 means that it was rotated since. */
export async function isKeyValid(api: string, key: string): Promise<boolean> {
  const response = await fetch(`${api}${EXTERNAL_API}/account`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(LIMIT_MS),
  })
  await response.body?.cancel()
  return response.status !== 401
}

/** Whether nobody is an operator of the portal yet. */
export async function awaitsSetUp(api: string): Promise<boolean> {
  const response = await fetch(`${api}${PORTAL_API}/session`, { signal: AbortSignal.timeout(LIMIT_MS) })
  if (!response.ok)
    throw new Error(`The portal does not tell whether it is set up (HTTP ${response.status}).`)
  const { data } = (await response.json()) as { data?: unknown }
  return sessionSchema.parse(data).setUp
}
