import { Secret, TOTP } from 'otpauth'

/** What authenticator apps all do. */
const KIND = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const SECRET_BYTES = 20
/** A clock that is off by so many time steps is put up with. */
const WINDOW = 1
/** How many recovery codes there are, and of how many bytes each. */
const RECOVERY_CODES = 10
const RECOVERY_BYTES = 10

/** A secret for an authenticator app; base32. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32

/** The address by which an app takes a secret over. */
export function totpUri(secret: string, email: string): string {
  return new TOTP({ ...KIND, issuer: 'OBB', label: email, secret: Secret.fromBase32(secret) }).toString()
}

/** Whether a code is one that an app shows, and no recovery code. */
export const isTotpCode = (code: string): boolean => /^\d{6}$/.test(compact(code))

/** The time step that a code is of, at `now` (epoch ms) or one beside it; undefined where it is of none. */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  if (!isTotpCode(code)) return undefined
  const token = compact(code)
  const at = { period: KIND.period, timestamp: now }
  const steps = TOTP.validate({ ...KIND, ...at, token, secret: Secret.fromBase32(secret), window: WINDOW })
  return steps === null ? undefined : TOTP.counter(at) + steps
}

/** New recovery codes: base32 in groups, for people to write down. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () =>
    new Secret({ size: RECOVERY_BYTES }).base32.replaceAll(/.{4}(?=.)/g, '$&-'),
  )
}

/** A code as it is compared, whatever its case, with or without hyphens and blanks. */
export const compact = (code: string): string => code.replaceAll(/[\s-]/g, '').toUpperCase()
