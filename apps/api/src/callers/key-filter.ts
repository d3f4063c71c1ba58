import { Refusal } from '@obb/contracts'

/** Of a key that asks by the keys of its account, of which it is told nothing. */
export const keyFilterRefusal = (): Refusal =>
  new Refusal('request_invalid', { details: ['key: only people who are signed in may ask by it.'] })
