import { ActionIcon, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { channelsOf, notificationsQuery } from '../profile/notifications-query.js'
import { useSetNotifications } from '../profile/use-set-notifications.js'
import { errorTitle } from '../shared/error-notice.js'
import { BellIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'

/** Asks to be told when a host that does not work does so again. */
export function HostBell({ platform }: { platform: string }) {
  const { data } = useQuery(notificationsQuery)
  const set = useSetNotifications()
  if (!data) return null
  const channels = channelsOf(data)
  const [channel] = channels
  if (channel === undefined)
    return (
      <ActionIcon
        aria-label={m.host_bell_setup()}
        color="gray"
        renderRoot={(props) => <Link search={{ tab: 'notifications' }} to="/profile" {...props} />}
        title={m.host_bell_setup()}
        variant="subtle"
      >
        <BellIcon />
      </ActionIcon>
    )
  const isRung = data.hosts.includes(platform)
  const isHeard = data.events.host_works_again.some((each) => channels.includes(each))
  const ring = () =>
    set.mutate({
      hosts: { [platform]: !isRung },
      // Who wants to be told has to be told by something that is there.
      ...(!isRung && !isHeard && { events: { host_works_again: [channel] } }),
    })
  return (
    <>
      <ActionIcon
        aria-label={m.host_bell()}
        aria-pressed={isRung}
        color={isRung ? 'green' : 'gray'}
        loading={set.isPending}
        onClick={ring}
        title={isRung ? m.host_bell_rung() : m.host_bell()}
        variant={isRung ? 'light' : 'subtle'}
      >
        <BellIcon />
      </ActionIcon>
      {set.error && (
        <Text c="var(--mantine-color-error)" role="alert" size="xs">
          {errorTitle(set.error)}
        </Text>
      )}
    </>
  )
}
