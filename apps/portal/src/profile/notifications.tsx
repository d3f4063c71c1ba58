import { Alert, Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { NotificationChannel, NotificationEvent, NotificationsView } from '@obb/contracts'
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
                  <Test channel={channel} isThere={there.includes(channel)} />
                </Group>
              </Table.Td>
            ))}
          </Table.Tr>
        </Table.Tbody>
      </Table>
      {set.error && <ErrorNotice error={set.error} />}
      <Text c="dimmed" size="xs">
        {view.mail ? m.notify_mail_hint({ email: user.email }) : m.notify_mail_off()}
      </Text>
    </Stack>
  )
}

function Test({ channel, isThere }: { channel: NotificationChannel; isThere: boolean }) {
  const test = useMutation({ mutationFn: () => call('POST notifications/test', { body: { channel } }) })
  return (
    <Stack align="center" gap={4}>
      <Button
        aria-label={`${m.notify_test()}: ${CHANNEL_NAMES[channel]()}`}
        disabled={!isThere}
        loading={test.isPending}
        onClick={() => test.mutate()}
        size="compact-sm"
        variant="default"
      >
        {m.notify_test()}
      </Button>
      {test.error && <ErrorNotice error={test.error} />}
      {test.data?.sent === true && (
        <Text role="status" size="xs">
          {m.notify_tested()}
        </Text>
      )}
      {test.data?.sent === false && (
        <Alert color="red" p="xs" role="alert" title={m.notify_not_sent()} variant="light">
          <Text lang="en" size="xs">
            {test.data.error}
          </Text>
        </Alert>
      )}
    </Stack>
  )
}
