import { Alert, Button, Divider, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { call } from '../api/call.js'
import type { OidcStart } from '../api/portal-types.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { causeNamed, causeText } from '../shared/refusals.js'
import { m } from '../shared/text.js'
import { sessionQuery } from './session.js'

/** Leaves for the provider of this server, which sends the browser back. */
export function OpenIdButton({ returnTo, invitation }: OidcStart) {
  const { data: session } = useQuery(sessionQuery)
  const start = useMutation({
    mutationFn: () => call('POST oidc', { body: { returnTo, invitation } }),
    onSuccess: ({ url }) => window.location.assign(url),
  })
  const name = session?.oidcName ?? ''
  return (
    <>
      <Divider label={m.signin_or()} />
      {start.error && <ErrorNotice error={start.error} />}
      <Button
        fullWidth
        loading={start.isPending || start.isSuccess}
        onClick={() => start.mutate()}
        variant="default"
      >
        {invitation === undefined ? m.signin_oidc({ name }) : m.signup_oidc({ name })}
      </Button>
    </>
  )
}

const NEXT: Record<string, () => string> = {
  oidc_unavailable: m.next_oidc_unavailable,
  oidc_attempt_unknown: m.next_oidc_attempt_unknown,
  oidc_refused: m.next_oidc_refused,
  oidc_email_unverified: m.next_oidc_email_unverified,
  oidc_account_unknown: m.next_oidc_account_unknown,
  oidc_link_needed: m.next_oidc_link_needed,
}

/** What has come of it, as the address says that the browser was sent back to: by a cause, never by a text. */
export function OpenIdError({ cause: named }: { cause: string }) {
  const cause = causeNamed(named) ?? 'oidc_refused'
  const next = NEXT[cause]
  return (
    <Alert color="red" role="alert" title={causeText(cause)} variant="light">
      {next && <Text size="sm">{next()}</Text>}
    </Alert>
  )
}
