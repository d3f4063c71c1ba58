import { Refusal } from '@obb/contracts'

/* By which key something was asked for is told to people, and to no key: it is told nothing of the others. */

/** As a key is told of it. */
export function withoutKey<T extends { keyId?: unknown; key?: unknown }>({
  keyId: _id,
  key: _name,
  ...rest
}: T): Omit<T, 'keyId' | 'key'> {
  return rest
}

/** Of a key that asks by the keys of its account. */
export const keyFilterRefusal = (): Refusal =>
  new Refusal('request_invalid', { details: ['key: only people who are signed in may ask by it.'] })
