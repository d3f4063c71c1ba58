import { z } from 'zod'

/** Fields that many messages have. */

export const bytes = z.number().int().nonnegative()

export const email = z
  .email()
  .max(254)
  .transform((value) => value.toLowerCase())
  .describe('E-mail, whatever the case')

/** For `refine`: PostgreSQL keeps no NUL in a text. */
export const NO_NUL = [(value: string) => !value.includes('\0'), 'must have no NUL'] as const

/** What people write, trimmed, of 1 to `max` characters. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(...NO_NUL)

/** What something is called, on one line. */
export const label = text(64).refine((value) => !/\p{Cc}/u.test(value), 'must be without control characters')

/** Which key something was asked for with, as a filter has it. */
export const keyFilter = z
  .union([z.uuid(), z.literal('none')])
  .optional()
  .describe('Asked for with the key with this id, or with none: `none`; for people, no key may ask so')
/** The same as it is told. */
export const keyId = z.uuid().nullable().describe('Id of the key that it was asked for with; null: none')
export const keyName = z
  .string()
  .nullable()
  .describe('What that key is called, or was in the end, as after it was removed; null: there is none')
/** Keys are told nothing of each other. */
export const NOT_BY_KEY = 'Absent where a key asks'

/** A time zone that this runtime knows. */
export const timeZone = z.string().max(64).refine(isTimeZone, 'must be a time zone such as Europe/Berlin')

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
