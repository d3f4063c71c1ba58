import { Text } from '@mantine/core'
import { ErrorNotice } from '../shared/error-notice.js'
import { m } from '../shared/text.js'

/** As WebAuthn names them: the device has one already; nobody was there, or said no. */
const FAULTS: Readonly<Record<string, () => string>> = {
  InvalidStateError: m.passkey_there,
  NotAllowedError: m.passkey_cancelled,
  AbortError: m.passkey_cancelled,
}

/** What went wrong with a passkey: between browser and device, or at the server. */
export function PasskeyError({ error }: { error: Error }) {
  const fault = FAULTS[error.name]
  if (!fault) return <ErrorNotice error={error} />
  return (
    <Text c="var(--mantine-color-error)" role="alert" size="sm">
      {fault()}
    </Text>
  )
}
