import { z } from 'zod'

/** Of a password, characters. */
export const MAX_PASSWORD = 256

/** Whatever somebody types, which may be wrong. */
export const typedPassword = z.string().max(MAX_PASSWORD).describe('Password, as it was typed')

export const linkToken = z.string().max(128).describe('Token of the link that was opened')
