import { Alert, Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type {
  NotificationChannel,
  NotificationEvent,
  NotificationTested,
  NotificationsView,
} from '@obb/contracts'
import { call } from '../api/call.js'
import { useUser } from '../session/session.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { channelsOf, eventsOf, notificationsQuery } from './notifications-query.js'
import { QuietHours } from './quiet-hours.js'
import { useSetNotifications } from './use-set-notifications.js'
import { Webhook } from './webhook.js'

const CHANNELS = ['mail', 'webhook'] as const satisfies readonly NotificationChannel[]
const CHANNEL_NAMES: Record<NotificationChannel, () => string> = {
  mail: m.notify_mail,
  webhook: m.notify_webhook,
}
const EVENT_NAMES: Record<NotificationEvent, () => string> = {
  link_finished: m.notify_link_finished,
  link_failed: m.notify_link_failed,
  host_works_again: m.notify_host_works_again,
  attention_needed: m.notify_attention_needed,
}

/** What the user is told of, and by what. */
export function Notifications() {
  const notifications = useQuery(notificationsQuery)
  return (
    <Stack gap="xl">
      <Text c="dimmed" maw="60ch" size="sm">
        {m.notifications_lead()}
      </Text>
      {notifications.error && (
        <ErrorNotice error={notifications.error} onRetry={() => void notifications.refetch()} />
      )}
      {notifications.isPending && <Pending />}
      {notifications.data && (
        <>
          <Matrix view={notifications.data} />
          <QuietHours quiet={notifications.data.quiet} />
          <Webhook webhook={notifications.data.webhook} />
        </>
      )}
    </Stack>
  )
}

/** Events by channels, and a test of each channel. */
function Matrix({ view }: { view: NotificationsView }) {
  const set = useSetNotifications()
  const user = useUser()
  const test = useMutation({
    mutationFn: (channel: NotificationChannel) => call('POST notifications/test', { body: { channel } }),
  })
  const there = channelsOf(view)
  const toggle = (event: NotificationEvent, channel: NotificationChannel, on: boolean) => {
    const others = view.events[event].filter((each) => each !== channel)
    set.mutate({ events: { [event]: on ? [...others, channel] : others } })
  }
  return (
    <Stack gap="sm">
      <Table aria-label={m.notifications()} maw={640} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{m.notify_event()}</Table.Th>
            {CHANNELS.map((channel) => (
              <Table.Th key={channel} ta="center" w={{ base: '6.5rem', sm: '8rem' }}>
                {CHANNEL_NAMES[channel]()}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {eventsOf(user).map((event) => (
            <Table.Tr key={event}>
              <Table.Td>
                <Text size="sm">{EVENT_NAMES[event]()}</Text>
                {event === 'attention_needed' && (
                  <Text c="dimmed" size="xs">
                    {m.notify_attention_hint()}
                  </Text>
                )}
                {event === 'host_works_again' && (
                  <Text c="dimmed" size="xs">
                    {view.hosts.length === 0
                      ? m.notify_hosts_hint()
                      : m.notify_hosts({ hosts: view.hosts.join(', ') })}
                  </Text>
                )}
              </Table.Td>
              {CHANNELS.map((channel) => (
                <Table.Td key={channel}>
                  <Group justify="center">
                    <Checkbox
                      aria-label={`${EVENT_NAMES[event]()}: ${CHANNEL_NAMES[channel]()}`}
                      checked={view.events[event].includes(channel)}
                      // What cannot be told any more can still be switched off.
                      disabled={
                        set.isPending || (!there.includes(channel) && !view.events[event].includes(channel))
                      }
                      onChange={({ currentTarget }) => toggle(event, channel, currentTarget.checked)}
                    />
                  </Group>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Td>
              <Text size="sm">{m.notify_test_lead()}</Text>
            </Table.Td>
            {CHANNELS.map((channel) => (
              <Table.Td key={channel}>
                <Group justify="center">
                  <Button
                    aria-label={`${m.notify_test()}: ${CHANNEL_NAMES[channel]()}`}
                    disabled={test.isPending || !there.includes(channel)}
                    loading={test.isPending && test.variables === channel}
                    onClick={() => test.mutate(channel)}
                    size="compact-sm"
                    variant="default"
                  >
                    {m.notify_test()}
                  </Button>
                </Group>
              </Table.Td>
            ))}
          </Table.Tr>
        </Table.Tbody>
      </Table>
      {set.error && <ErrorNotice error={set.error} />}
      {test.error && <ErrorNotice error={test.error} of={CHANNEL_NAMES[test.variables]()} />}
      {test.data && <TestOutcome channel={test.variables} {...test.data} />}
      <Text c="dimmed" size="xs">
        {view.mail ? m.notify_mail_hint({ email: user.email }) : m.notify_mail_off()}
      </Text>
    </Stack>
  )
}

/** What came of a test: below the table, whose columns are too narrow for what a mail server says. */
function TestOutcome({ channel, sent, error }: { channel: NotificationChannel } & NotificationTested) {
  const name = CHANNEL_NAMES[channel]()
  if (sent)
    return (
      <Text role="status" size="sm">
        {m.error_of({ name, why: m.notify_tested() })}
      </Text>
    )
  return (
    <Alert color="red" role="alert" title={m.error_of({ name, why: m.notify_not_sent() })} variant="light">
      <Text lang="en" size="sm">
        {error}
      </Text>
    </Alert>
  )
}
