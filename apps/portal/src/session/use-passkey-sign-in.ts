import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from '../api/call.js'
import { offerPasskeys, signWithPasskey } from './passkeys.js'

/** How often the offer is renewed, ms: a challenge is good for five minutes. */
const RENEW_MS = 4 * 60_000

const challenge = () => call('POST session/passkey/options')

/**
 * Signing in by a passkey: by the button, and where the browser offers passkeys beside the e-mails it knows, until one
 * was refused.
 */
export function usePasskeySignIn(isOffered: boolean, onSignedIn: () => void) {
  const { mutate: enter, ...entering } = useMutation({
    mutationFn: (passkey: unknown) => call('POST session/passkey', { body: { passkey } }),
    onSuccess: onSignedIn,
  })
  const signing = useMutation({
    mutationFn: async () => signWithPasskey(await challenge()),
    onSuccess: (passkey) => enter(passkey),
  })
  const isBusy = signing.isPending || entering.isPending
  const { isError: isRefused } = entering
  useEffect(() => {
    if (!isOffered || isBusy || isRefused) return undefined
    const over = new AbortController()
    const offer = () => {
      // What the browser does not offer is no fault of the person's: the button is there.
      offerPasskeys(challenge, over.signal).then(
        (passkey) => passkey !== undefined && !over.signal.aborted && enter(passkey),
        () => undefined,
      )
    }
    offer()
    const renewal = setInterval(offer, RENEW_MS)
    return () => {
      clearInterval(renewal)
      over.abort()
    }
  }, [isOffered, isBusy, isRefused, enter])
  return { sign: () => signing.mutate(), isBusy, error: signing.error ?? entering.error }
}
