import { Stack, Text, Title } from '@mantine/core'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../api/call.js'
import type { LinkedIdentityView } from '../api/portal-types.js'
import { OpenIdError } from '../session/open-id.js'
import { sessionQuery } from '../session/session.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Submit, submitting } from '../shared/form.js'
import { formatTime } from '../shared/format.js'
import { CurrentPassword } from '../shared/secret-inputs.js'
import { m } from '../shared/text.js'

const route = getRouteApi('/frame/profile')

const linkQuery = queryOptions({
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

function LinkForm({
  name,
  view: { linked, hasPassword, isOnlyWay },
}: {
  name: string
  view: LinkedIdentityView
}) {
  const client = useQueryClient()
  const navigate = route.useNavigate()
  const [password, setPassword] = useState('')
  const body = hasPassword ? { password } : {}
  const link = useMutation({
    mutationFn: () => call('POST oidc/link', { body }),
    onSuccess: ({ url }) => window.location.assign(url),
  })
  const unlink = useMutation({
    mutationFn: () => call('DELETE oidc/link', { body }),
    onSuccess: async () => {
      setPassword('')
      await navigate({ search: { tab: 'password' }, replace: true })
      await client.invalidateQueries({ queryKey: linkQuery.queryKey })
    },
  })
  const change = linked ? unlink : link
  const stays = linked !== null && isOnlyWay
  return (
    <form onSubmit={submitting(() => change.mutate())}>
      <Stack gap="md">
        <Text c="dimmed" size="sm">
          {linked ? linkedText(linked) : m.oidc_lead({ name })}
        </Text>
        {stays && <Text size="sm">{m.oidc_only_way()}</Text>}
        {hasPassword && !stays && <CurrentPassword onChange={setPassword} value={password} />}
        {change.error && <ErrorNotice error={change.error} />}
        {!stays && (
          <Submit loading={change.isPending} {...(linked && { color: 'red' })}>
            {linked ? m.oidc_unlink() : m.oidc_link({ name })}
          </Submit>
        )}
      </Stack>
    </form>
  )
}

function linkedText({ email, linkedAt }: NonNullable<LinkedIdentityView['linked']>): string {
  const time = formatTime(linkedAt)
  return email === null ? m.oidc_is_linked_nameless({ time }) : m.oidc_is_linked({ email, time })
}
