import { z } from 'zod'

export const totpStartedSchema = z.object({
  secret: z.string().describe('For an authenticator app; base32'),
  uri: z.string().describe('The same as the otpauth address that apps take'),
})
export type TotpStarted = z.infer<typeof totpStartedSchema>

export const totpConfirmedSchema = z.object({
  recoveryCodes: z
    .array(z.string())
    .describe('Each good once in place of a code; in this answer and nowhere else'),
})
export type TotpConfirmed = z.infer<typeof totpConfirmedSchema>
