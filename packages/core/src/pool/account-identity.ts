/** An IdentifyingField is a platform's credential field: what tells whether it is the one that names the account. */
export interface IdentifyingField {
  name: string
  secret: boolean
  required: boolean
  /** A browser's cookies name nobody. */
  kind?: 'cookies'
}

/**
 * Who an account is at its platform: what it logs in as, whatever its case, or the key itself where that is all there
 * is. Two accounts of a platform with one identity are the same.
 */
export function identityOf(
  fields: readonly IdentifyingField[],
  credentials: Readonly<Record<string, string>>,
): string {
  const field = identifyingFieldOf(fields)
  const value = (field && credentials[field.name]?.trim()) ?? ''
  return field?.secret === false ? value.toLowerCase() : value
}

/** For lists: the name that it logs in as, or the last characters of its key. */
export function labelOf(
  fields: readonly IdentifyingField[],
  credentials: Readonly<Record<string, string>>,
): string {
  const field = identifyingFieldOf(fields)
  const value = (field && credentials[field.name]) ?? ''
  if (field?.secret === false) return value
  if (field?.kind === 'cookies') return 'browser session'
  return value.length >= 12 ? `…${value.slice(-4)}` : '…'
}

function identifyingFieldOf(fields: readonly IdentifyingField[]): IdentifyingField | undefined {
  const required = fields.filter((field) => field.required)
  return required.find((field) => !field.secret) ?? required[0]
}
