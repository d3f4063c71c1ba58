import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import type { Session, WebAuthnOptions } from '../api/portal-types.js'

/* The library is loaded where a passkey is made or used. */
const library = () => import('@simplewebauthn/browser')

/** Whether this server, by this address, and this browser have passkeys. */
export const hasPasskeys = (session: Session | undefined): boolean =>
  session !== undefined &&
  session.signInWith.includes('passkey') &&
  window.isSecureContext &&
  'PublicKeyCredential' in window

/** makePasskey has the device make one; the answer is for the server. Raises what PasskeyError tells. */
export async function makePasskey(options: WebAuthnOptions): Promise<unknown> {
  const { startRegistration } = await library()
  return startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON })
}

/** signWithPasskey has a device sign; the answer is for the server. Ends an offer. Raises as `makePasskey`. */
export async function signWithPasskey(options: WebAuthnOptions): Promise<unknown> {
  const { startAuthentication } = await library()
  return startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON })
}

/** offerPasskeys has the browser offer its passkeys among the e-mails it knows. Undefined where none was chosen. */
export async function offerPasskeys(
  getOptions: () => Promise<WebAuthnOptions>,
  signal: AbortSignal,
): Promise<unknown> {
  const { startAuthentication, browserSupportsWebAuthnAutofill, WebAuthnAbortService } = await library()
  if (!(await browserSupportsWebAuthnAutofill())) return undefined
  const options = await getOptions()
  if (signal.aborted) return undefined
  const cancel = () => WebAuthnAbortService.cancelCeremony()
  signal.addEventListener('abort', cancel)
  try {
    return await startAuthentication({
      optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON,
      useBrowserAutofill: true,
    })
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
