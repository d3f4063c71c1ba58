import type { NotificationChannel, NotificationEvent, NotificationsView } from '@obb/contracts'
import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/call.js'

export const notificationsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: ({ signal }) => call('GET notifications', { signal }),
})

/** The events in the order that people care for them. */
export const EVENTS = [
  'link_finished',
  'link_failed',
  'host_works_again',
] as const satisfies readonly NotificationEvent[]

/** Ways by which somebody can be told. */
export const channelsOf = ({ mail, webhook }: NotificationsView): NotificationChannel[] => [
  ...(mail ? (['mail'] as const) : []),
  ...(webhook ? (['webhook'] as const) : []),
]
