import { z } from 'zod'

/** Fields that many messages have. */

export const bytes = z.number().int().nonnegative()
