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
