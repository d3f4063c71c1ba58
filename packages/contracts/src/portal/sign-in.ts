import { z } from 'zod'
import { email, NO_NUL } from '../fields.js'
import { MAX_PASSWORD, linkToken, typedPassword } from './fields.js'
import { languageSchema } from './session.js'

/** Of a password that is chosen, characters. */
export const MIN_PASSWORD = 10

const chosen = z
  .string()
  .min(MIN_PASSWORD)
  .max(MAX_PASSWORD)
  .refine(...NO_NUL)
  .describe('Password that is chosen')
export const code = z.string().max(64)
const language = languageSchema.optional()

export const signInSchema = z.strictObject({
  email,
  password: typedPassword,
  code: code.optional().describe('Of the second factor, where there is one, or a recovery code'),
})
export type SignInRequest = z.input<typeof signInSchema>

export const setUpSchema = z.strictObject({
  code: code.describe('SETUP_CODE'),
  email,
  password: chosen,
  language,
})
export type SetUpRequest = z.input<typeof setUpSchema>

export const signUpSchema = z.strictObject({ token: linkToken, email, password: chosen, language })
export type SignUpRequest = z.input<typeof signUpSchema>

export const resetSchema = z.strictObject({
  token: linkToken,
  password: chosen,
  code: code.optional().describe('Of the second factor, where the link leaves that on, or a recovery code'),
})
export type ResetRequest = z.input<typeof resetSchema>

export const resetRequestSchema = z.strictObject({ email, language })

export const passwordChangeSchema = z.strictObject({ current: typedPassword, password: chosen })
export type PasswordChange = z.input<typeof passwordChangeSchema>

export const totpStartSchema = z.strictObject({ password: typedPassword })
export type TotpStart = z.input<typeof totpStartSchema>
export const totpConfirmSchema = z.strictObject({
  code: code.describe('That the app shows for the new secret'),
})
export type TotpConfirm = z.input<typeof totpConfirmSchema>
export const totpEndSchema = z.strictObject({
  password: typedPassword,
  code: code.describe('Of the second factor, or a recovery code'),
})
export type TotpEnd = z.input<typeof totpEndSchema>

export const profileSchema = z.strictObject({ language: languageSchema.nullable() })
export type ProfileChange = z.input<typeof profileSchema>

export const tokenSchema = z.strictObject({ token: linkToken })
