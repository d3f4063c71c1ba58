import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.js'
import { ConfirmButton } from '../shared/confirm-button.js'
import { DataTable } from '../shared/data-table.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { ExactTime, Time } from '../shared/figures.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { clientName } from './client-name.js'

/** Where the user is signed in. */
export function Sessions() {
  const client = useQueryClient()
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => call('GET sessions', { signal }),
  })
  const refresh = () => client.invalidateQueries({ queryKey: ['sessions'] })
  const end = useMutation({
    mutationFn: (id: string) => call('DELETE sessions/{id}', { params: { id } }),
    onSuccess: refresh,
  })
  const endOthers = useMutation({ mutationFn: () => call('DELETE sessions'), onSuccess: refresh })
  const failure = end.error ?? endOthers.error
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text c="dimmed" maw="60ch" size="sm">
          {m.sessions_lead()}
        </Text>
        <ConfirmButton
          confirm={m.sessions_end_others()}
          loading={endOthers.isPending}
          onConfirm={() => endOthers.mutate()}
          question={m.sessions_end_others_question()}
        >
          {m.sessions_end_others()}
        </ConfirmButton>
      </Group>
      {failure && <ErrorNotice error={failure} />}
      {sessions.error && <ErrorNotice error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {sessions.isPending && <Pending />}
      {sessions.data && (
        <DataTable
          columns={[
            {
              id: 'client',
              header: m.session_client(),
              width: 'minmax(0, 2fr)',
              cell: ({ client: name, address, current }) => (
                <div>
                  <Group gap={6}>
                    <Text fw={500} size="sm" title={name ?? ''}>
                      {clientName(name) ?? m.unknown()}
                    </Text>
                    {current && (
                      <Badge color="green" size="sm" variant="light">
                        {m.session_current()}
                      </Badge>
                    )}
                  </Group>
                  <Text c="dimmed" size="xs">
                    {address}
                  </Text>
                </div>
              ),
            },
            {
              id: 'seen',
              header: m.session_seen(),
              width: 'minmax(0, 1fr)',
              cell: ({ seenAt }) => <Time at={seenAt} />,
            },
            {
              id: 'began',
              header: m.session_began(),
              width: 'minmax(0, 1fr)',
              cell: ({ createdAt }) => <ExactTime at={createdAt} />,
            },
            {
              id: 'actions',
              header: m.actions(),
              hideHeader: true,
              width: '8rem',
              align: 'right',
              cell: ({ id, current }) =>
                current ? null : (
                  <Button color="red" onClick={() => end.mutate(id)} size="compact-sm" variant="light">
                    {m.session_end()}
                  </Button>
                ),
            },
          ]}
          label={m.sessions()}
          rowKey={({ id }) => id}
          rows={sessions.data}
        />
      )}
    </Stack>
  )
}
