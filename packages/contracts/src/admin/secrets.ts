import { z } from 'zod'

const resealed = z.object({
  resealed: z.number().int().nonnegative(),
  current: z.number().int().nonnegative().describe('Sealed with the current key before'),
  unreadable: z.number().int().nonnegative().describe('Sealed with a key that is not configured'),
})
export const resealSchema = z.object({
  credentials: resealed,
  proxy: resealed,
  session: resealed,
  file: resealed,
})
export type ResealView = z.infer<typeof resealSchema>
