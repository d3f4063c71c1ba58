import { Button, Stack, Text, Title } from '@mantine/core'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { call } from '../api/call.js'
import type { Confirmation, LinkedIdentityView } from '../api/portal-types.js'
import { OpenIdError } from '../session/open-id.js'
import { useHasPasskeyHere } from '../session/own-passkeys.js'
import { sessionQuery } from '../session/session.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatTime } from '../shared/format.js'
import { m } from '../shared/text.js'
import { Confirm } from './confirm.js'

const route = getRouteApi('/frame/profile')

export const linkQuery = queryOptions({
  queryKey: ['oidc-link'],
  queryFn: ({ signal }) => call('GET oidc/link', { signal }),
})

/** Who one is at the provider of this server, where it has one: linked, and unlinked again. */
export function OpenIdLink() {
  const { data: session } = useQuery(sessionQuery)
  const name = session?.oidcName
  if (typeof name !== 'string') return null
  return <Linked name={name} />
}

function Linked({ name }: { name: string }) {
  const { error } = route.useSearch()
  const view = useQuery(linkQuery)
  return (
    <Stack gap="md" maw={420}>
      <Title order={2} size="h4">
        {m.oidc({ name })}
      </Title>
      {error !== undefined && <OpenIdError cause={error} />}
      {view.error && <ErrorNotice error={view.error} onRetry={() => void view.refetch()} />}
      {view.data && <LinkForm name={name} view={view.data} />}
    </Stack>
  )
}

function LinkForm({ name, view: { linked, isOnlyWay } }: { name: string; view: LinkedIdentityView }) {
  const client = useQueryClient()
  const navigate = route.useNavigate()
  const canUsePasskey = useHasPasskeyHere()
  const link = async (body: Confirmation | Record<string, never>) => {
    const { url } = await call('POST oidc/link', { body })
    window.location.assign(url)
  }
  const unlink = async (body: Confirmation) => {
    await call('DELETE oidc/link', { body })
    await navigate({ search: { tab: 'password' }, replace: true })
    await client.invalidateQueries({ queryKey: linkQuery.queryKey })
  }
  const lead = linked ? linkedText(linked) : m.oidc_lead({ name })
  if (!isOnlyWay)
    return (
      <Confirm
        canUsePasskey={canUsePasskey}
        key={String(linked !== null)}
        lead={lead}
        onConfirmed={linked ? unlink : link}
        word={linked ? m.oidc_unlink() : m.oidc_link({ name })}
        {...(linked && { color: 'red' })}
      />
    )
  return (
    <Stack gap="md">
      <Text size="sm">{lead}</Text>
      {linked ? (
        <Text size="sm">{m.oidc_only_way()}</Text>
      ) : (
        <FirstLink name={name} onLink={() => link({})} />
      )}
    </Stack>
  )
}

/** For who has nothing yet to be asked for. */
function FirstLink({ name, onLink }: { name: string; onLink: () => Promise<void> }) {
  const link = useMutation({ mutationFn: onLink })
  return (
    <>
      {link.error && <ErrorNotice error={link.error} />}
      <Button loading={link.isPending} onClick={() => link.mutate()} style={{ alignSelf: 'flex-start' }}>
        {m.oidc_link({ name })}
      </Button>
    </>
  )
}

function linkedText({ email, linkedAt }: NonNullable<LinkedIdentityView['linked']>): string {
  const time = formatTime(linkedAt)
  return email === null ? m.oidc_is_linked_nameless({ time }) : m.oidc_is_linked({ email, time })
}
