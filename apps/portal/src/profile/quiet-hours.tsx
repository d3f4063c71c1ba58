import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import type { NotificationsView } from '@obb/contracts'
import { useState } from 'react'
import { ErrorNotice } from '../shared/error-notice.js'
import { submitting } from '../shared/form.js'
import { localZone } from '../shared/format.js'
import { m } from '../shared/text.js'
import { useSetNotifications } from './use-set-notifications.js'

/** What most people call the night. */
const NIGHT = { from: '22:00', until: '07:00' }

/** The hours in which nothing is sent, by the clock of this browser when they were set. */
export function QuietHours({ quiet }: Pick<NotificationsView, 'quiet'>) {
  const set = useSetNotifications()
  const [from, setFrom] = useState(quiet?.from ?? NIGHT.from)
  const [until, setUntil] = useState(quiet?.until ?? NIGHT.until)
  const timeZone = localZone()
  return (
    <Stack gap="sm" maw={640}>
      <Title order={2} size="h4">
        {m.quiet()}
      </Title>
      <Text c="dimmed" size="sm">
        {m.quiet_lead()}
      </Text>
      <Text role="status" size="sm">
        {quiet ? m.quiet_on({ from: quiet.from, until: quiet.until, zone: quiet.timeZone }) : m.quiet_off()}
      </Text>
      <form onSubmit={submitting(() => set.mutate({ quiet: { from, until, timeZone } }))}>
        <Group align="flex-end" gap="xs">
          <TextInput
            label={m.quiet_from()}
            onChange={(event) => setFrom(event.currentTarget.value)}
            required
            type="time"
            value={from}
          />
          <TextInput
            label={m.quiet_until()}
            onChange={(event) => setUntil(event.currentTarget.value)}
            required
            type="time"
            value={until}
          />
          <Button loading={set.isPending} type="submit" variant="default">
            {m.save()}
          </Button>
          {quiet && (
            <Button
              color="gray"
              disabled={set.isPending}
              onClick={() => set.mutate({ quiet: null })}
              variant="subtle"
            >
              {m.quiet_end()}
            </Button>
          )}
        </Group>
      </form>
      {set.error && <ErrorNotice error={set.error} />}
    </Stack>
  )
}
