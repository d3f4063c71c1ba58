import { z } from 'zod'

const resealed = z.object({
  resealed: z.number().int().nonnegative().describe('Sealed anew with the current key'),
  current: z.number().int().nonnegative().describe('Sealed with the current key before'),
  unreadable: z.number().int().nonnegative().describe('Sealed with a key that is not configured'),
})
export const resealSchema = z.object({
  credentials: resealed.describe('Of accounts at platforms'),
  proxy: resealed.describe('Egress proxies of those accounts'),
  session: resealed.describe('Sessions of those accounts'),
  file: resealed.describe('Passwords and links of files'),
  totp: resealed.describe('Secrets of users for the codes of their second factor'),
})
export type ResealView = z.infer<typeof resealSchema>
